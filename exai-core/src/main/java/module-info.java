/**
 * Calls to LLM providers for many sessions at once: permits that cannot leak, one deadline a call, cancellation from
 * anywhere.
 */
@org.jspecify.annotations.NullMarked
module dev.exai.core {
    requires com.google.common;
    requires dev.failsafe.core;
    requires org.slf4j;
    requires static com.google.errorprone.annotations;
    requires static transitive org.jspecify;

    exports dev.exai;
    exports dev.exai.call;
    exports dev.exai.context;
    exports dev.exai.error;
    exports dev.exai.event;
    exports dev.exai.message;
    exports dev.exai.model;
    exports dev.exai.permit;
    exports dev.exai.resilience;
    exports dev.exai.run;
    exports dev.exai.run.store;
    exports dev.exai.session;
    exports dev.exai.spi;

    uses dev.exai.spi.ProviderFactory;
}
