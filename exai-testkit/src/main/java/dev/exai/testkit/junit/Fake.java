package dev.exai.testkit.junit;

import dev.exai.testkit.http.WireFormat;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says which fake server a parameter is given. A test has one for each name and kind, the same one wherever it is asked
 * for; all are closed at its end.
 *
 * <pre>{@code
 * @ExaiTest
 * void chat_twoProviders_answer(
 *         @Fake(WireFormat.GLM) FakeProviderServer glm,
 *         @Fake(value = WireFormat.KIMI, tls = true, http2 = true) FakeProviderServer kimi) { ... }
 * }</pre>
 */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Fake {
    /** {@return what the server speaks} */
    WireFormat value();

    /** {@return whether it serves over TLS; needs {@code okhttp-tls}} */
    boolean tls() default false;

    /** {@return whether it speaks HTTP/2 instead of HTTP/1.1; needs Jetty's HTTP/2} */
    boolean http2() default false;

    /**
     * {@return whether its limits on rates go by the test's {@link dev.exai.testkit.time.ManualScheduler} instead of
     * real time}
     */
    boolean manualClock() default false;

    /** {@return which of several servers of the same kind} */
    String name() default "";
}
