package dev.exai.scenario;

import dev.exai.message.Chunk;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** A subscriber that notes what it is told; asks for so many pieces at first, and for so many more after each. */
class Reader implements Flow.Subscriber<Chunk> {
    final List<String> told = new ArrayList<>();
    private final long first;
    private final long more;
    Flow.@Nullable Subscription subscription;

    @Nullable
    Throwable failure;

    Reader(long first, long more) {
        this.first = first;
        this.more = more;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        told.add("subscribed");
        subscription = given;
        if (first != 0) {
            given.request(first);
        }
    }

    @Override
    public void onNext(Chunk chunk) {
        told.add(Rig.content(chunk));
        if (more != 0 && subscription != null) {
            subscription.request(more);
        }
    }

    @Override
    public void onError(Throwable thrown) {
        told.add("failed");
        failure = thrown;
    }

    @Override
    public void onComplete() {
        told.add("completed");
    }
}
