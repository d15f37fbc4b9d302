package dev.exai.permit.mutants;

import java.util.List;

final class LevelMutants {
    static final List<Mutant> LIST = List.of(
            Mutant.of(
                            "idle-provider-keeps-nothing",
                            "where the pool has fewer units than its providers, each idle one keeps a unit",
                            "the incident: one provider's calls took all global slots; palantir/conjure-java-runtime#867")
                    .edit("GrantOrder", "free -= other.inPlay && other.level.used == 0 ? 1 : 0;", "free -= 0;"),
            Mutant.of(
                            "model-limit-ignored",
                            "a model with a limit has no more in flight than that",
                            "GLM's limits are per model; NVIDIA/SkillSpector#387")
                    .edit("LaneGroup", "return level == null || level.free() >= 1;", "return true;"),
            Mutant.of(
                            "full-model-holds-up-the-others",
                            "a head whose model is full holds up only those of its model",
                            "palantir/conjure-java-runtime#867: one slow host took all slots")
                    .edit(
                            "GrantOrder",
                            "Lane due = group.hasRoom() ? group.overdue.first() : null;",
                            "Lane due = group.overdue.first();"),
            Mutant.of(
                            "model-without-limit-shares-a-limit",
                            "models without a limit of their own are not counted against another's",
                            "none on record")
                    .edit("ProviderState", "return groups.get(0);", "return groups.get(groups.size() - 1);"),
            Mutant.of(
                            "cap-of-a-session-at-a-provider-ignored",
                            "a session has no more at one provider than its cap there",
                            "kubernetes#111482, #118601")
                    .edit("Lane", "ofSession.free() >= 1 && ofShare.free() >= 1;", "ofSession.free() >= 1;"),
            Mutant.of("cap-of-a-session-at-a-provider-ignored-at-once", "the same, where nobody waits", "the same")
                    .edit("GrantOrder", "&& lane.share.level.free() >= 1 && lane.group", "&& lane.group"),
            Mutant.of(
                            "session-limit-ignored",
                            "a session has no more in flight than its limit",
                            "pydantic/pydantic-ai#4149; kubernetes#111482")
                    .edit("Lane", "head != null && ofSession.free() >= 1 &&", "head != null &&"));

    private LevelMutants() {}
}
