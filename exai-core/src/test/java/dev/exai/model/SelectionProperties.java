package dev.exai.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.model.ModelRequest.Preference;
import dev.exai.resilience.Condition;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.ModelInfo.Capability;
import dev.exai.spi.ModelInfo.Tier;
import dev.exai.spi.ModelStatus;
import dev.exai.spi.TokenPrice;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;

@Label("I13: the standard selection is a pure function that drops no need")
class SelectionProperties {
    private static final Capability[] CAPABILITIES = Capability.values();

    private static ModelInfo model(String id, Random random) {
        List<Capability> can = new ArrayList<>();
        for (Capability each : CAPABILITIES) {
            if (random.nextInt(3) > 0) {
                can.add(each);
            }
        }
        ModelInfo.Builder model = ModelInfo.builder(id)
                .family("line-" + random.nextInt(3))
                .capabilities(can.toArray(Capability[]::new))
                .tier(Tier.values()[random.nextInt(3)])
                .contextWindow(4_096 << random.nextInt(9));
        if (random.nextBoolean()) {
            model.price(TokenPrice.of(BigDecimal.valueOf(random.nextInt(5)), BigDecimal.TEN, LocalDate.EPOCH));
        }
        if (random.nextInt(5) == 0) {
            model.status(random.nextBoolean() ? ModelStatus.preview() : ModelStatus.retired(null, null));
        }
        return model.build();
    }

    private static Shelf shelf(Random random) {
        Shelf shelf = new Shelf();
        for (String provider : List.of("glm", "kimi", "third")) {
            int count = random.nextInt(6);
            shelf.put(provider);
            for (int i = 0; i < count; i++) {
                shelf.put(provider, model(provider + "-" + i, random));
            }
        }
        return shelf;
    }

    private static ModelCatalog withHealth(ModelCatalog catalog, long seed) {
        return catalog.with(
                (provider, model) -> Condition.values()[new Random(seed * 31 + model.hashCode()).nextInt(3)]);
    }

    private static ModelRequest request(Random random) {
        ModelRequest.Builder request = random.nextInt(4) == 0 ? ModelRequest.named("line-1") : ModelRequest.auto();
        for (Capability each : CAPABILITIES) {
            if (random.nextInt(4) == 0) {
                request.needs(each);
            }
        }
        request.prefer(Preference.values()[random.nextInt(4)]);
        if (random.nextInt(3) == 0) {
            request.minimumContext(random.nextInt(300_000));
        }
        if (random.nextInt(3) == 0) {
            request.deny("glm-0", "line-2");
        }
        if (random.nextInt(3) == 0) {
            request.pinnedTo("kimi/kimi-1");
        }
        return request.build();
    }

    @Property(tries = 500)
    void select_sameInput_sameAnswer(@ForAll long seed) {
        List<Route> first = RankingSelector.INSTANCE.rank(
                request(new Random(seed)), withHealth(shelf(new Random(seed)).catalog(), seed));
        List<Route> again = RankingSelector.INSTANCE.rank(
                request(new Random(seed)), withHealth(shelf(new Random(seed)).catalog(), seed));

        assertThat(again).isEqualTo(first).doesNotHaveDuplicates();
    }

    @Property(tries = 500)
    void select_anything_candidatesCanServe(@ForAll long seed) {
        Random random = new Random(seed);
        ModelCatalog catalog = withHealth(shelf(random).catalog(), seed);
        ModelRequest request = request(random);

        List<Route> chosen = RankingSelector.INSTANCE.rank(request, catalog);

        assertThat(chosen).allSatisfy(route -> {
            assertThat(route.model().capabilities()).containsAll(request.needs());
            assertThat(route.model().contextWindow()).isGreaterThanOrEqualTo(request.minimumContext());
            assertThat(route.model().status().isRetired()).isFalse();
            assertThat(request.denied()).noneMatch(route::isMeantBy);
        });
        List<Verdict> verdicts = RankingSelector.INSTANCE.explain(request, catalog, chosen);
        assertThat(verdicts).extracting(Verdict::route).containsExactlyInAnyOrderElementsOf(catalog.routes());
        assertThat(verdicts.stream().filter(Verdict::isKept).map(Verdict::route).toList())
                .isEqualTo(chosen);
    }

    @Property(tries = 500)
    @Label("adding a model makes no request unsatisfiable, and changes nothing in the order of the others")
    void select_oneModelMore_othersStay(@ForAll long seed) {
        Random random = new Random(seed);
        Shelf shelf = shelf(random);
        ModelRequest request = request(random);
        List<Route> before = RankingSelector.INSTANCE.rank(request, withHealth(shelf.catalog(), seed));

        ModelCatalog more =
                withHealth(shelf.put("third", model("added", random)).catalog(), seed);
        List<Route> after = new ArrayList<>(RankingSelector.INSTANCE.rank(request, more));
        after.removeIf(route -> route.model().id().equals("added"));

        assertThat(after).isEqualTo(before);
    }

    @Property(tries = 200)
    void request_equalParts_equalKeys(@ForAll long seed) {
        ModelRequest one = request(new Random(seed));
        ModelRequest other = request(new Random(seed));

        assertThat(other).isEqualTo(one).hasSameHashCodeAs(one).hasToString(one.toString());
        assertThat(one.toBuilder().build()).isEqualTo(one);
        assertThat(one.toBuilder().language("zh").build()).isNotEqualTo(one);
    }
}
