package dev.exai.testkit.fault;

import dev.exai.spi.Provider;
import dev.exai.testkit.contract.provider.ProviderFixture;
import dev.exai.testkit.contract.provider.Upstream;
import dev.exai.testkit.contract.provider.UpstreamAnswer;
import dev.exai.testkit.contract.provider.UpstreamAnswer.Ending;
import dev.exai.testkit.http.Refusal;

/** A provider under test and what it talks to, whose answers are set before they are asked for. */
final class UpstreamPeer implements Peer {
    /** In the form of all vendors; it opens nothing. */
    private static final String KEY = "fault0123456789fault.cell0123456789";

    private final Upstream upstream;
    private final Provider provider;
    private volatile boolean knowsItsLoad = true;

    UpstreamPeer(ProviderFixture fixture) {
        this.upstream = fixture.start();
        this.provider = upstream.connect(KEY);
        upstream.answer(OTHER, UpstreamAnswer.of(Ending.SILENCE));
    }

    @Override
    public Provider provider() {
        return provider;
    }

    @Override
    public void expect(Answer answer) {
        upstream.answer(
                STEP,
                switch (answer) {
                    case SILENCE -> UpstreamAnswer.of(Ending.SILENCE);
                    case WHOLE -> UpstreamAnswer.whole("ok");
                    case REFUSED -> UpstreamAnswer.refusal(Refusal.BAD_PARAMETER);
                    case REFUSED_FOR_NOW -> UpstreamAnswer.refusal(Refusal.SERVER_ERROR);
                });
    }

    @Override
    public void give(Answer answer) {
        // it was set before
    }

    @Override
    public void giveAll(Answer answer) {
        // it was set before
    }

    @Override
    public boolean isAsked() {
        return inFlight() > 0 || !knowsItsLoad;
    }

    @Override
    public int inFlight() {
        try {
            return upstream.inFlight();
        } catch (UnsupportedOperationException e) {
            knowsItsLoad = false;
            return 0;
        }
    }

    @Override
    public int hanging() {
        return 0;
    }

    @Override
    public void hangOn() {
        throw new UnsupportedOperationException("a provider under test ends what is aborted");
    }

    @Override
    public void letGo() {
        // nothing hangs on
    }

    @Override
    public void close() {
        provider.close();
        upstream.close();
    }
}
