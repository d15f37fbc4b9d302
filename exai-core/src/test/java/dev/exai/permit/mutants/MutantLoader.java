package dev.exai.permit.mutants;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;

/**
 * Loads the room of the pool, with its tests, once more for each mutant: what the mutant changes from the mutant, the
 * rest from where it is. All other rooms and libraries are shared.
 */
final class MutantLoader extends URLClassLoader {
    private static final String ROOM = "dev.exai.permit.";
    private static final String NOT_OF_IT = "dev.exai.permit.mutants.";

    MutantLoader(List<Path> places) {
        super(places.stream().map(MutantLoader::url).toArray(URL[]::new), MutantLoader.class.getClassLoader());
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(ROOM) || name.startsWith(NOT_OF_IT)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? findClass(name) : loaded;
        }
    }
}
