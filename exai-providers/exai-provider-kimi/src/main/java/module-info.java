/** Chat with the models of Kimi. */
@org.jspecify.annotations.NullMarked
module dev.exai.providers.kimi {
    requires transitive dev.exai.core;
    requires dev.exai.json;
    requires dev.exai.providers.openai;
    requires static transitive org.jspecify;

    exports dev.exai.providers.kimi;

    provides dev.exai.spi.ProviderFactory with
            dev.exai.providers.kimi.KimiProviderFactory;
}
