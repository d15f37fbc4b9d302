package dev.exai.testkit.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks a test, or all tests of a class, that must leave nothing over, and that {@link ExaiExtension} gives
 * parameters to. On a method it takes the place of {@link Test}.
 *
 * <pre>{@code
 * @ExaiTest
 * void chat_oneSession_answers(Simulation simulation, LeakCheck leaks) { ... }
 * }</pre>
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@Test
@ExtendWith(ExaiExtension.class)
public @interface ExaiTest {
    /**
     * {@return the seed of the simulation; by default another one each time} The system property {@code exai.seed}
     * has the last word.
     */
    long[] seed() default {};

    /** {@return how many milliseconds what is left may take to go away} */
    long graceMillis() default 2_000;

    /** {@return whether tasks may be left in virtual time, which is a leak by default} */
    boolean tasksMayRemain() default false;

    /**
     * {@return whether clients may leave connections open at fake servers, which is a leak by default} For clients
     * that keep connections for later and cannot be closed, such as that of the JDK before 21.
     */
    boolean socketsMayRemain() default false;
}
