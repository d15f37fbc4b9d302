package dev.exai.permit.mutants;

import java.util.List;

final class LimitMutants {
    static final List<Mutant> LIST = List.of(
            Mutant.of(
                            "shrink-waits-for-permits",
                            "to lower a limit waits for nobody",
                            "resilience4j#981; measured: Resilience4j 2.2.0")
                    .edit(
                            "PermitPool",
                            "change(now -> moves.resize(limits, now));",
                            "change(now -> moves.resize(limits, now));"
                                    + " while (moves.ledger.providers.stream().anyMatch(it -> it.level.free() < 0)) {"
                                    + " LockSupport.parkNanos(1_000_000); }"),
            Mutant.of(
                            "shrink-revokes",
                            "to lower a limit takes no permit away",
                            "the incident's recovery freed permits in use")
                    .edit(
                            "Moves",
                            "ledger.resize(limits);",
                            "ledger.resize(limits);"
                                    + " java.util.List<Entry> surplus = new java.util.ArrayList<>();"
                                    + " ledger.forEachHolder(holder -> {"
                                    + " if (holder.lane().provider().level.free() < 0) { surplus.add(holder); } });"
                                    + " surplus.forEach(holder -> ledger.revoke(holder, now));"),
            Mutant.of(
                            "resize-forgets-known-sessions",
                            "new limits are in force at every level at once",
                            "none on record")
                    .edit("Ledger", "session.level.configure(session.limitBy(newLimits));", ""),
            Mutant.of(
                            "redrawn-lanes-forget-who-holds",
                            "if other models have limits, whoever holds goes on counting",
                            "kubernetes#140885: a count dropped while in use")
                    .edit("Ledger", "if (lane.group.level != null) { lane.group.level.used++; } });", "});"),
            Mutant.of(
                            "redrawn-lanes-lose-their-order",
                            "if other models have limits, whoever waits keeps its place",
                            "HikariCP#1909")
                    .edit("Ledger", "Long.compare(a.sequence, b.sequence)", "Long.compare(b.sequence, a.sequence)"),
            Mutant.of(
                            "pause-is-for-those-who-wait-only",
                            "during a pause nothing is granted, whoever asks",
                            "none on record")
                    .edit("GrantOrder", "&& !lane.provider().isShut(now) && fits", "&& fits"),
            Mutant.of("pause-shortened-by-another", "a pause within a pause can only make it longer", "none on record")
                    .edit(
                            "Moves",
                            "if (!provider.paused || until - provider.pausedUntilNanos > 0) {",
                            "if (provider.level.used >= 0) {"),
            Mutant.of("pause-of-one-stops-all", "the pause of one provider is no pause of another", "the incident")
                    .edit(
                            "GrantOrder",
                            "if (!provider.isShut(now)) { return false; }",
                            "if (ledger.providers.stream().noneMatch(any -> any.isShut(now))) { return false; }"),
            Mutant.of(
                            "congestion-changes-nothing",
                            "a provider that refuses because too much is in flight gets less",
                            "Netflix/concurrency-limits#165: latency does not tell")
                    .edit("Ceiling", "ceiling.value = Math.max(1, Math.min(before, target));", ""),
            Mutant.of(
                            "ceiling-cut-twice-by-one-burst",
                            "refusals of permits that were out together count once",
                            "envoyproxy/envoy#11579: old samples")
                    .edit(
                            "Ceiling",
                            "if (ceiling != null && fence <= ceiling.cutAtGrant) {",
                            "if (ceiling != null && fence < 0) {"),
            Mutant.of("ceiling-below-its-floor", "the ceiling stays at its floor or above", "envoyproxy/envoy#46532")
                    .edit(
                            "Ceiling",
                            "Math.max(Math.min(limits.ceilingFloor(), before), inFlight * 7 / 10)",
                            "inFlight * 7 / 10"),
            Mutant.of("ceiling-never-raised", "the ceiling is raised again after a quiet while", "none on record")
                    .edit("Ceiling", "ceiling.value++;", ""),
            Mutant.of(
                            "ceiling-raise-wakes-nobody",
                            "a ceiling that rises lets those go who wait",
                            "measured: Netflix concurrency-limits 0.4.2")
                    .edit("Moves", "setAlarm(provider.level, now);", ""),
            Mutant.of(
                            "ceiling-probes-as-often-as-ever",
                            "a raise that was refused doubles the while until the next",
                            "envoyproxy/envoy#8337: a probe costs traffic")
                    .edit("Ceiling", "Math.min(most, 2 * ceiling.whileNanos)", "Math.min(most, ceiling.whileNanos)"),
            Mutant.of(
                            "ceiling-above-what-was-configured",
                            "the ceiling never allows more than was configured",
                            "none on record")
                    .edit("Level", "Math.min(configured, ceiling.value)", "ceiling.value"),
            Mutant.of(
                            "ceiling-of-the-wrong-level",
                            "the refusal of a model with a limit lowers that model, not its provider",
                            "none on record")
                    .edit(
                            "Moves",
                            "Level level = ofModel == null ? entry",
                            "Level level = ofModel != entry.lane().provider().level ? entry"));

    private LimitMutants() {}
}
