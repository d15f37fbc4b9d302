package dev.exai.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExaiExceptionTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final UpstreamError UPSTREAM = UpstreamError.of("glm")
            .withStatus(429)
            .withCode("1302")
            .withMessage("too many")
            .withRequestId("r-1");
    private static final ErrorContext CALL =
            ErrorContext.ofCall("s#1", "s").withModel("m").withElapsed(Duration.ofMillis(1_500));

    static Stream<ExaiException> oneOfEach() {
        Throwable cause = new IllegalStateException("why");
        return Stream.of(
                new AttemptTimeoutException(AttemptTimeoutException.Limit.SILENCE, SECOND),
                new AuthenticationException(UPSTREAM),
                new CallCancelledException("enough", "the caller"),
                new DeadlineExceededException(DeadlineExceededException.Stage.QUEUED, SECOND, cause),
                new InternalErrorException("a bug", cause),
                new MalformedReplyException(UPSTREAM, cause),
                new ModelNotFoundException("m", List.of("glm/m1")),
                new NestedPermitException("s#0"),
                new OverloadedException("the queue is full", SECOND),
                new PermitRevokedException("it was given back"),
                new PermitTimeoutException("glm", SECOND, 3, 3),
                new QuotaExhaustedException(UPSTREAM, "tomorrow"),
                new RateLimitedException(UPSTREAM, RateLimitedException.Scope.TOKENS, SECOND),
                new RejectedException(UPSTREAM),
                new ReplyTooLargeException("call", 16),
                new SessionClosedException("session s"),
                new ToolFailedException("t", cause),
                new UnavailableException(UPSTREAM, cause));
    }

    @ParameterizedTest
    @MethodSource("oneOfEach")
    void in_anyError_isACopyThatKnowsMoreAndLosesNothing(ExaiException error) {
        error.addSuppressed(new IllegalStateException("earlier"));

        ExaiException copy = error.in(CALL);

        assertThat(copy).isNotSameAs(error).hasSameClassAs(error);
        assertThat(copy.summary()).isEqualTo(error.summary());
        assertThat(copy.advice()).isEqualTo(error.advice());
        assertThat(copy.isRetryable()).isEqualTo(error.isRetryable());
        assertThat(copy.getCause()).isSameAs(error.getCause());
        assertThat(copy.getSuppressed()).containsExactly(error.getSuppressed());
        assertThat(copy.getStackTrace()).isEqualTo(error.getStackTrace());
        assertThat(copy.callId()).contains("s#1");
        assertThat(copy.getMessage())
                .startsWith(error.summary())
                .contains("(call s#1")
                .contains("after 1.5 s");
        assertThat(error.callId()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("oneOfEach")
    void in_contextThatIsKnown_isNotReplaced(ExaiException error) {
        ExaiException twice = error.in(CALL).in(ErrorContext.ofCall("other#2", "other"));

        assertThat(twice.callId()).contains("s#1");
        assertThat(twice.context().sessionId()).contains("s");
    }

    @ParameterizedTest
    @MethodSource("oneOfEach")
    void message_anyError_isASentenceForATiredPerson(ExaiException error) {
        assertThat(error.getMessage()).isNotBlank().doesNotContain("null").doesNotContain("PT");
    }

    @ParameterizedTest
    @MethodSource("oneOfEach")
    @DisplayName("serialised, an error still has a message")
    void serialized_anyError_keepsItsMessage(ExaiException error) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(error.in(CALL));
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            ExaiException copy = (ExaiException) in.readObject();
            assertThat(copy.summary()).isEqualTo(error.summary());
            assertThat(copy.getMessage()).startsWith(error.summary());
        }
    }

    @Test
    void message_permitTimeout_readsAsPlanned() {
        assertThat(new PermitTimeoutException("glm", Duration.ofSeconds(2), 4, 4).getMessage())
                .startsWith("glm: no permit in 2 s; 4 of 4 held");
        assertThat(new RateLimitedException(UPSTREAM, RateLimitedException.Scope.UNKNOWN, SECOND).getMessage())
                .contains("glm answered 429 [1302]: too many (request r-1)")
                .endsWith("Try again in 1 s");
    }
}
