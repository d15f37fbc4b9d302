package dev.exai.testkit.junit;

import dev.exai.testkit.http.WireFormat;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says which fake server a parameter is given. A test has one of each wire format, which is closed at its end.
 *
 * <pre>{@code
 * @ExaiTest
 * void chat_twoProviders_answer(@Fake(WireFormat.GLM) FakeProviderServer glm) { ... }
 * }</pre>
 */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Fake {
    /** {@return what the server speaks} */
    WireFormat value();
}
