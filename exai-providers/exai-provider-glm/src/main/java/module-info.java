/** Chat with the models of GLM. */
@org.jspecify.annotations.NullMarked
module dev.exai.providers.glm {
    requires transitive dev.exai.core;
    requires dev.exai.json;
    requires dev.exai.providers.openai;
    requires static transitive org.jspecify;

    exports dev.exai.providers.glm;

    provides dev.exai.spi.ProviderFactory with
            dev.exai.providers.glm.GlmProviderFactory;
}
