package dev.exai.examples.custom;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.Exai;
import dev.exai.message.ChatRequest;
import dev.exai.session.Session;
import dev.exai.spi.Provider;
import dev.exai.testkit.contract.RuleResult;
import dev.exai.testkit.contract.RuleResult.Verdict;
import dev.exai.testkit.contract.provider.ProviderContract;
import dev.exai.testkit.contract.provider.ProviderFeature;
import dev.exai.testkit.contract.provider.ProviderFixture;
import dev.exai.testkit.contract.provider.ProviderRule;
import dev.exai.testkit.contract.provider.Upstream;
import dev.exai.testkit.contract.provider.UpstreamAnswer;
import dev.exai.testkit.junit.ContractTests;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The provider keeps every rule that it can be judged by, and the suite finds each of ten bugs put into it. */
@Timeout(60)
class LineProviderTest {
    @TestFactory
    Stream<DynamicTest> contract() {
        return ContractTests.of(ProviderContract.builder(new LineFixture()).build());
    }

    @Test
    void run_protocolWithoutReasoningAndFunctions_isNotJudgedByThem() {
        ProviderContract contract = ProviderContract.builder(new LineFixture()).build();

        assertThat(contract.run(ProviderRule.R08).verdict()).isEqualTo(Verdict.UNSUPPORTED);
        RuleResult rateLimits = contract.run(ProviderRule.R24);
        assertThat(rateLimits.verdict()).isEqualTo(Verdict.PASS);
        assertThat(rateLimits.evidence()).contains("TOKEN_RATE"); // the protocol knows no such limit
    }

    @ParameterizedTest
    @EnumSource
    void run_bugPutIn_isFoundByItsRule(Bug bug) {
        ProviderContract contract = ProviderContract.builder(new BuggyFixture(bug))
                .patience(Duration.ofSeconds(1))
                .build();

        RuleResult result = contract.run(bug.rule);

        assertThat(result.verdict()).as("%s", result).isEqualTo(Verdict.FAIL);
        assertThat(result.isDisqualifying()).isTrue();
    }

    @Test
    void chat_overTheLibrary_isAnswered() throws Exception {
        try (LineServer server = new LineServer();
                Provider provider = server.connect("some-key");
                Exai exai = Exai.builder(provider).build();
                Session session = exai.openSession("editor")) {
            server.answer("first\nsecond", UpstreamAnswer.whole("two\nlines ", "\\ and more"));

            assertThat(session.chat(ChatRequest.of("first\nsecond")).await().text())
                    .isEqualTo("two\nlines \\ and more");
            assertThat(server.requests()).singleElement().asString().endsWith("USER first\\nsecond");
        }
    }

    /** The same server with another provider before it. */
    private record BuggyFixture(Bug bug) implements ProviderFixture {
        @Override
        public String name() {
            return "lines with " + bug;
        }

        @Override
        public Set<ProviderFeature> features() {
            return new LineFixture().features();
        }

        @Override
        public Upstream start() {
            LineServer server = new LineServer();
            return new Upstream() {
                @Override
                public Provider connect(String key) {
                    return new BuggyProvider(server.connect(key), bug);
                }

                @Override
                public Optional<Provider> connectTo(InetSocketAddress address, String key) {
                    return server.connectTo(address, key).map(good -> new BuggyProvider(good, bug));
                }

                @Override
                public void answer(String prompt, UpstreamAnswer answer) {
                    server.answer(prompt, answer);
                }

                @Override
                public List<String> requests() {
                    return server.requests();
                }

                @Override
                public int inFlight() {
                    return server.inFlight();
                }

                @Override
                public void close() {
                    server.close();
                }
            };
        }
    }
}
