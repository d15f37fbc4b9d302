package dev.exai.testkit.contract.provider;

/** Says why something could not be tried. */
final class NotTried extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String why;

    NotTried(String why) {
        super(why, null, false, false);
        this.why = why;
    }

    @Override
    public String getMessage() {
        return why;
    }
}
