package dev.exai.testkit.contract;

/** One numbered rule of a contract. */
public interface ContractRule {
    /** {@return whether who breaks this rule does not conform; one that does not offer what it is about may} */
    boolean isRequired();

    /** {@return its whole name, for example {@code required_p03_releasedTwice_freesOnce}} */
    String id();
}
