/** A program of someone who uses ExAI on the module path; the providers come in as services. */
module dev.exai.examples.consumer {
    requires dev.exai.core;

    uses dev.exai.spi.ProviderFactory;
}
