package dev.exai.permit;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;

/** Finds out that nobody has the handle of a permit any more, so that nobody can give it back. */
final class HandleRef extends WeakReference<PermitRequest> {
    final Entry entry;

    HandleRef(PermitRequest handle, Entry entry, ReferenceQueue<PermitRequest> dropped) {
        super(handle, dropped);
        this.entry = entry;
    }
}
