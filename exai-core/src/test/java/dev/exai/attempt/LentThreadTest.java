package dev.exai.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LentThreadTest {
    private final LentThread lent = new LentThread();
    private final List<String> ran = new ArrayList<>();

    @Test
    void test_byItsOwner_isRunOnceAndNotBefore() {
        assertThat(lent.test(() -> ran.add("first"))).isTrue();
        assertThat(ran).isEmpty();

        lent.run();
        lent.run();

        assertThat(ran).containsExactly("first");
    }

    @Test
    void test_second_isNotTaken() {
        lent.test(() -> ran.add("first"));

        assertThat(lent.test(() -> ran.add("second"))).isFalse();
        lent.run();

        assertThat(ran).containsExactly("first");
    }

    @Test
    void test_byAnotherThread_isNotTaken() {
        boolean taken = CompletableFuture.supplyAsync(() -> lent.test(() -> ran.add("theirs")))
                .join();

        assertThat(taken).isFalse();
        lent.run();
        assertThat(ran).isEmpty();
    }

    @Test
    void test_whileItRuns_isNotTaken() {
        lent.test(() -> ran.add("again: " + lent.test(() -> ran.add("nested"))));

        lent.run();

        assertThat(ran).containsExactly("again: false");
    }

    @Test
    void test_afterItWasOffered_isNotTaken() {
        lent.run();

        assertThat(lent.test(() -> ran.add("late"))).isFalse();
    }
}
