package dev.exai.run;

import dev.exai.message.ChatMessage;
import dev.exai.message.FinishReason;
import dev.exai.message.FunctionCall;
import dev.exai.run.store.RunRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where a run stands: what its records say, and nothing else.
 *
 * <p>A run that goes on and one that is taken up again both come to their state by this one way, record by record, so they
 * cannot differ. Used by one thread at a time.
 */
final class RunState {
    /** What a {@link RunRecord.Kind#NOTICE} is about. */
    enum Notice {
        /** The run goes in circles, or an answer was empty. */
        REPEATING,
        /** An answer was not accepted. */
        OBJECTION,
        /** An answer was cut at the limit of its length. */
        CUT
    }

    /** How a step of a user that did not say what follows is recorded. */
    static final String STEP_FAILED = "FAILED";

    static final String MODEL = "model";
    static final String STEPS = "steps";

    /** A function that the model has asked for, or a step. */
    static final class Asked {
        final String ref;
        final String name;
        final String arguments;
        final String callId;

        /** How often it was about to run. */
        int intents;

        /** Whether it was about to run in this process. */
        boolean here;

        @Nullable
        String result;

        boolean failed;

        Asked(String ref, String name, String arguments, String callId) {
            this.ref = ref;
            this.name = name;
            this.arguments = arguments;
            this.callId = callId;
        }
    }

    private final Predicate<String> isPolling;
    private final ProgressDetector detector;
    private final Conversation conversation = new Conversation();
    private final StringBuilder answerSoFar = new StringBuilder();
    private List<Asked> asking = new ArrayList<>();
    private Map<String, Asked> functions = new LinkedHashMap<>();
    private String workflow = "";
    private String mode = "";
    private Budget budget = Budget.unlimited();
    private Spent spent = Spent.nothing();
    private long number;
    private long step;
    private boolean turnWasCut;
    private boolean answerWasCut;
    private @Nullable String answer;
    private ProgressDetector.@Nullable Finding finding;
    private @Nullable Evidence lastEvidence;
    private String stepState = "";
    private String stepNotice = "";
    private @Nullable Duration later;
    private @Nullable RunRecord ended;

    /** @param isPolling whether a function only waits for something */
    RunState(ProgressRules rules, Predicate<String> isPolling) {
        this.detector = new ProgressDetector(rules);
        this.isPolling = isPolling;
    }

    void apply(RunRecord record) {
        number = record.number();
        spent = spent.plus(record.usage(), record.cost()).at(record.elapsed());
        switch (record.kind()) {
            case STARTED -> started(record);
            case ASKED ->
                asking.add(new Asked(
                        record.ref(),
                        record.name(),
                        record.text(),
                        record.detail().orElse("")));
            case TURN -> turn(record);
            case INTENT -> intent(record);
            case RESULT -> result(record);
            case NOTICE -> notice(record);
            case REPLACED -> replaced(record);
            case SPENT -> spent = spent.plusCalls(1);
            case RESUMED -> resumed(record);
            case DECIDED -> decided(record);
            case ENDED -> ended = record;
        }
    }

    private void started(RunRecord record) {
        workflow = record.name();
        mode = record.ref();
        budget = Budget.decode(record.detail().orElse(""));
        if (mode.equals(MODEL)) {
            conversation.add(record.number(), ChatMessage.user(record.text()));
        } else {
            stepState = record.text();
        }
    }

    private void turn(RunRecord record) {
        step++;
        spent = spent.plusCalls(1);
        boolean cut = record.ref().equals(FinishReason.LENGTH.name());
        String reasoning = record.detail().orElse(null);
        if (!asking.isEmpty()) {
            functions = new LinkedHashMap<>();
            asking.forEach(function -> functions.put(function.ref, function));
            List<FunctionCall> calls = asking.stream()
                    .map(function -> FunctionCall.of(function.callId, function.name, function.arguments))
                    .toList();
            asking = new ArrayList<>();
            turnWasCut = cut;
            answerSoFar.setLength(0);
            conversation.add(record.number(), ChatMessage.assistant(record.text(), reasoning, calls));
        } else if (record.text().isBlank()) {
            found(detector.empty(step));
        } else {
            conversation.add(record.number(), ChatMessage.assistant(record.text(), reasoning, List.of()));
            answerSoFar.append(record.text());
            answerWasCut = cut;
            if (cut) {
                found(detector.turn(said(Evidence.Rule.SAME_ANSWER, record.text())));
            } else {
                answer = answerSoFar.toString();
            }
        }
    }

    private void intent(RunRecord record) {
        spent = spent.plusCalls(1);
        later = null;
        if (mode.equals(STEPS)) {
            functions.putIfAbsent(record.ref(), new Asked(record.ref(), record.name(), stepState, ""));
        }
        Asked function = functions.get(record.ref());
        if (function != null) {
            function.intents++;
            function.here = true;
        }
    }

    private void result(RunRecord record) {
        Asked function = functions.get(record.ref());
        if (function == null) {
            return;
        }
        if (mode.equals(STEPS)) {
            functions.remove(record.ref());
            stepped(record);
            return;
        }
        function.result = record.text();
        function.failed = record.detail().isPresent();
        if (functions.values().stream().allMatch(each -> each.result != null)) {
            for (Asked each : functions.values()) {
                conversation.add(record.number(), ChatMessage.functionResult(each.callId, String.valueOf(each.result)));
            }
            judge(List.copyOf(functions.values()));
            functions = new LinkedHashMap<>();
            turnWasCut = false;
        }
    }

    /** A turn of functions: what it shows is the same whatever the order, and whatever those say that only wait. */
    private void judge(List<Asked> all) {
        List<Asked> counted = all.stream()
                .filter(each -> each.failed || !isPolling.test(each.name))
                .toList();
        if (counted.isEmpty()) {
            return;
        }
        String key = Texts.digest(counted.stream()
                .map(each -> Texts.digest(each.name, Texts.withoutSpace(each.arguments), String.valueOf(each.result)))
                .sorted()
                .toArray(String[]::new));
        List<String> names =
                counted.stream().map(each -> each.name).sorted().distinct().toList();
        String error = counted.stream().allMatch(each -> each.failed)
                ? Texts.digest(counted.stream()
                        .map(each -> each.name + ":" + each.result)
                        .sorted()
                        .distinct()
                        .toArray(String[]::new))
                : null;
        StringBuilder content = new StringBuilder();
        counted.forEach(each -> content.append(each.name)
                .append(' ')
                .append(Texts.cut(each.arguments, 300))
                .append(" -> ")
                .append(Texts.cut(String.valueOf(each.result), 300))
                .append('\n'));
        found(detector.turn(new ProgressDetector.Turn(
                key,
                Evidence.Rule.SAME_CALLS,
                String.join(" and ", names),
                error,
                Texts.cut(content.toString(), 2_000),
                step)));
    }

    private void stepped(RunRecord record) {
        step++;
        stepNotice = "";
        if (record.name().equals(Next.Kind.DONE.name())) {
            if (record.text().isBlank()) {
                found(detector.empty(step));
            } else {
                answer = record.text();
            }
        } else if (record.name().equals(Next.Kind.LATER.name())) {
            stepState = record.text();
            later = Duration.parse(record.detail().orElse("PT0S"));
        } else if (!record.name().equals(STEP_FAILED)) {
            stepState = record.text();
            found(detector.turn(said(Evidence.Rule.SAME_STATE, stepState)));
        }
    }

    private ProgressDetector.Turn said(Evidence.Rule rule, String text) {
        return new ProgressDetector.Turn(
                Texts.digest(rule.name(), text),
                rule,
                rule == Evidence.Rule.SAME_STATE ? "a step" : "an answer",
                null,
                Texts.cut(text, 600),
                step);
    }

    private void found(ProgressDetector.@Nullable Finding what) {
        if (what != null) {
            finding = what;
            lastEvidence = what.evidence();
        }
    }

    private void notice(RunRecord record) {
        finding = null;
        answerWasCut = false;
        if (mode.equals(MODEL)) {
            conversation.add(record.number(), ChatMessage.user(record.text()));
        } else {
            stepNotice = record.text();
        }
        if (record.name().equals(Notice.OBJECTION.name())) {
            String refused = answer;
            answer = null;
            answerSoFar.setLength(0);
            if (refused != null) {
                found(detector.turn(said(Evidence.Rule.SAME_ANSWER, refused)));
            }
        }
    }

    private void replaced(RunRecord record) {
        String[] range = record.ref().split("-", -1);
        ChatMessage message = record.detail()
                .map(callId -> ChatMessage.functionResult(callId, record.text()))
                .orElseGet(() -> ChatMessage.user(record.text()));
        conversation.replace(Long.parseLong(range[0]), Long.parseLong(range[1]), message);
    }

    private void resumed(RunRecord record) {
        ended = null;
        later = null;
        asking = new ArrayList<>();
        functions.values().forEach(function -> function.here = false);
        record.detail().ifPresent(text -> budget = Budget.decode(text));
    }

    private void decided(RunRecord record) {
        Asked function = functions.get(record.ref());
        if (function != null) {
            function.here = true;
        }
    }

    Conversation conversation() {
        return conversation;
    }

    String workflow() {
        return workflow;
    }

    String mode() {
        return mode;
    }

    Budget budget() {
        return budget;
    }

    Spent spent() {
        return spent;
    }

    /** The number of the last record; 0 if there is none. */
    long number() {
        return number;
    }

    long step() {
        return step;
    }

    /** The functions of the last turn, or the step, that have no result yet. */
    List<Asked> open() {
        return functions.values().stream().filter(each -> each.result == null).toList();
    }

    /** Whether the last turn was cut, so that the arguments of its functions may not be whole. */
    boolean turnWasCut() {
        return turnWasCut;
    }

    /** Whether the last answer was cut, and the model is to be asked to go on. */
    boolean answerWasCut() {
        return answerWasCut;
    }

    /** The answer that was given and not yet looked at. */
    @Nullable
    String answer() {
        return answer;
    }

    /** What was found and not yet acted on. */
    ProgressDetector.@Nullable Finding finding() {
        return finding;
    }

    /** What was found last. */
    @Nullable
    Evidence lastEvidence() {
        return lastEvidence;
    }

    String stepState() {
        return stepState;
    }

    String stepNotice() {
        return stepNotice;
    }

    /** How long the next step is to wait. */
    @Nullable
    Duration later() {
        return later;
    }

    void waited() {
        later = null;
    }

    /** The record of the end, if it has ended and was not taken up again. */
    @Nullable
    RunRecord ended() {
        return ended;
    }
}
