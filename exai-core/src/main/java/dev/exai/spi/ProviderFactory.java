package dev.exai.spi;

import java.util.Map;
import java.util.Optional;

/**
 * Makes a provider from an environment, if the environment has what it needs. Found by
 * {@link java.util.ServiceLoader}; needs a public constructor without parameters.
 */
public interface ProviderFactory {
    /** {@return the name of the providers that it makes} */
    String name();

    /**
     * {@return the provider, or empty if the environment has no key for it}
     *
     * @param environment variables by name, usually {@link System#getenv()}
     * @throws IllegalArgumentException if a variable is there but makes no sense; the message names it, and shows
     *     no key
     */
    Optional<Provider> create(Map<String, String> environment);
}
