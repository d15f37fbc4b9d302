package dev.exai.testkit.http;

import static dev.exai.testkit.http.VendorError.lasting;
import static dev.exai.testkit.http.VendorError.passing;

import java.util.List;

/** Kimi's error types, and the statuses that come without one. */
final class KimiErrors {
    /** Made up, in the shape of the real ones: whoever shows the text must scrub it. */
    static final String ACCOUNT = "Your account org-0fa4e0fa4e0fa4e0<ak-0fa4e0fa4e0fa4e0>";

    static final List<VendorError> ALL = List.of(
            lasting("invalid_request_error", 400, "invalid temperature: only 1 is allowed for this model"),
            lasting(
                    "invalid_request_error:too-long",
                    400,
                    "Your request exceeded model token limit: 262144 (requested: 300000)"),
            lasting("content_filter", 400, "The request was rejected because it was considered high risk"),
            lasting("invalid_authentication_error", 401, "Invalid Authentication"),
            lasting("incorrect_api_key_error", 401, "Incorrect API key provided"),
            lasting("permission_denied_error", 403, "The API you are accessing is not open"),
            lasting("resource_not_found_error", 404, "Not found the model or Permission denied"),
            passing("408", 408, "Request Timeout"),
            passing("409", 409, "Conflict"),
            lasting("413", 413, "Request exceeds the maximum size"),
            passing("rate_limit_reached_error:concurrency", 429, limited("concurrency", 1)),
            passing("rate_limit_reached_error:RPM", 429, limited("RPM", 3)),
            passing("rate_limit_reached_error:TPM", 429, limited("TPM", 500_000)),
            lasting("rate_limit_reached_error:TPD", 429, limited("TPD", 1_500_000)),
            passing("engine_overloaded_error", 429, "The engine is currently overloaded, please try again later"),
            lasting(
                    "exceeded_current_quota_error",
                    429,
                    ACCOUNT + " is suspended, please check your plan and billing details"),
            lasting("client_closed_request", 499, "The client closed the request"),
            passing("server_error", 500, "Internal server error"),
            passing("unexpected_output", 500, "The output was not as expected"),
            passing("502", 502, "Bad Gateway"),
            passing("server_unavailable", 503, "The server is unavailable"),
            passing("504", 504, "Gateway Time-out"),
            passing("529", 529, "Overloaded"));

    private KimiErrors() {}

    static String limited(String what, long limit) {
        return ACCOUNT + " request reached organization max " + what + ": " + limit
                + ", please try again after 1 seconds";
    }
}
