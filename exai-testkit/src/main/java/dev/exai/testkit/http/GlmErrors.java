package dev.exai.testkit.http;

import static dev.exai.testkit.http.VendorError.lasting;
import static dev.exai.testkit.http.VendorError.passing;

import java.util.List;

/** GLM's error codes. Words are made up but for their sense; where the status of a code is not known, it is a likely one. */
final class GlmErrors {
    private static final String RESETS = " Your limit will reset at 2026-10-01 18:00:00";

    static final List<VendorError> ALL = List.of(
            passing("500", 500, "Internal server error"),
            passing("-1", 500, "Internal error"),
            lasting("401", 401, "token expired or incorrect"),
            lasting("1000", 401, "Authentication Failed"),
            lasting("1001", 401, "Authentication parameter not received in Header"),
            lasting("1002", 401, "Invalid Authentication Token"),
            lasting("1003", 401, "Authentication Token has expired"),
            lasting("1004", 401, "Authentication with this token failed"),
            lasting("1005", 401, "Two-factor authentication is required"),
            lasting("1110", 401, "Your account is not active"),
            lasting("1111", 401, "Your account does not exist"),
            lasting("1112", 401, "Your account has been locked"),
            lasting("1120", 429, "Unable to reach your account, please try again later"),
            lasting("1121", 401, "Your account is not in service"),
            lasting("1113", 429, "Insufficient balance or no resource package. Please recharge."),
            passing("1200", 500, "API call error"),
            passing("1230", 500, "API call process error"),
            lasting("1210", 400, "Invalid API parameter, please check the documentation"),
            lasting("1213", 400, "The messages parameter was not received properly"),
            lasting("1214", 400, "The parameter messages is invalid"),
            lasting("1215", 400, "temperature and do_sample cannot be set at the same time"),
            lasting("1211", 400, "Unknown Model, please check the model code."),
            lasting("1212", 400, "This model does not support this method"),
            lasting("1220", 403, "You do not have permission to access this API"),
            lasting("1221", 400, "This API has been taken offline"),
            lasting("1222", 404, "This API does not exist"),
            passing("1231", 400, "You already have a request with this request_id"),
            passing("1234", 500, "Network error, error id: 20261001fake, please contact customer service"),
            lasting("1261", 400, "Prompt exceeds max length"),
            lasting("1300", 400, "The call was blocked by the usage policy"),
            lasting("1301", 400, "System detected potentially unsafe or sensitive content in input or generation."),
            passing("1302", 429, "Rate limit reached for requests"),
            passing("1303", 429, "Your request frequency is too high, please try again later"),
            lasting("1304", 429, "You have reached today's call limit for this API"),
            passing("1305", 429, "The service may be temporarily overloaded, please try again later"),
            passing("1305:529", 529, "The service may be temporarily overloaded, please try again later"),
            passing("1305:200", 200, "The service may be temporarily overloaded, please try again later"),
            passing("1312", 429, "This model is currently experiencing high traffic, please try again later"),
            lasting("1308", 429, "Usage limit reached for 5 hour." + RESETS),
            lasting("1310", 429, "Weekly/Monthly limit exhausted." + RESETS),
            lasting("1309", 429, "Your plan has expired"),
            lasting("1311", 429, "Your plan does not include this model"),
            lasting("1313", 429, "Your usage was throttled under the fair use policy"),
            lasting("1314", 429, "Your enterprise plan has expired"),
            lasting("1315", 429, "Your enterprise plan does not include this"),
            lasting("1316", 429, "The limit of your window is used up and there is no extra balance." + RESETS),
            lasting("1317", 429, "The limit of your window is used up and the spend limit is reached." + RESETS),
            lasting("1318", 429, "The limit of your week is used up and there is no extra balance." + RESETS),
            lasting("1319", 429, "The limit of your week is used up and the spend limit is reached." + RESETS),
            lasting("1320", 429, "The limit of your month is used up and there is no extra balance." + RESETS),
            lasting("1321", 429, "The limit of your month is used up and the spend limit is reached." + RESETS),
            // an older surface: no error object, and a status of success
            lasting("1001:success-false", 200, "Authentication parameter not received in Header"));

    private GlmErrors() {}
}
