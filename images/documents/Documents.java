// SPDX-License-Identifier: Apache-2.0

import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.KeyValue;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.h2.H2Database;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ObjectDataType;

/**
 * The MongoDB stand-in: mongo-java-server with its H2 backend, made durable.
 *
 * <p>A write is answered after it lies in the file, and nobody reads it before: kill -9 loses no acknowledged write and
 * takes back nothing that was read. It has no transactions, sessions, change streams, pipeline updates or users.
 */
public final class Documents {
    private static final String USAGE = "usage: documents [--host ADDRESS] [--port PORT] [--data FOLDER]";

    /** 5.0 and wire 13: what PyMongo 4.20 accepts and what the operations in use belong to. */
    private static final MongoVersion VERSION = new MongoVersion() {
        @Override
        public List<Integer> getVersionArray() {
            return List.of(5, 0, 0);
        }

        @Override
        public int getWireVersion() {
            return 13;
        }
    };

    public static void main(String[] arguments) throws Exception {
        String host = "127.0.0.1";
        int port = 27017;
        Path data = Path.of("/data");
        for (int i = 0; i < arguments.length; i += 2) {
            if (i + 1 == arguments.length || arguments[i].equals("--help")) {
                exit(arguments[i].equals("--help") ? 0 : 64);
            }
            switch (arguments[i]) {
                case "--host" -> host = arguments[i + 1];
                case "--port" -> port = Integer.parseInt(arguments[i + 1]);
                case "--data" -> data = Path.of(arguments[i + 1]);
                default -> exit(64);
            }
        }
        serve(host, port, data);
    }

    private static void exit(int status) {
        (status == 0 ? System.out : System.err).println(USAGE);
        System.exit(status);
    }

    private static void serve(String host, int port, Path data) throws Exception {
        Files.createDirectories(data);
        String file = data.resolve("documents.mv").toString();
        MVStore store = new MVStore.Builder().fileName(file).autoCommitDisabled().open();
        MongoServer server = new MongoServer(new DurableBackend(store).version(VERSION));
        server.bind(host, port);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown));
        InetSocketAddress address = server.getLocalAddress();
        System.out.printf("documents: listening on %s:%d%n", address.getHostString(), address.getPort());
    }

    /** Writes one after the other, each committed to the file before its answer; reads beside each other. */
    private static final class DurableBackend extends H2Backend {
        private static final Set<String> READS = Set.of(
                "find", "getmore", "count", "distinct", "ping", "hello", "ismaster", "listcollections", "listindexes",
                "listdatabases", "buildinfo", "killcursors", "endsessions", "whatsmyuri", "serverstatus", "getlog",
                "connectionstatus", "collstats", "dbstats", "getparameter", "hostinfo", "validate");
        private final ReadWriteLock gate = new ReentrantReadWriteLock();

        DurableBackend(MVStore store) {
            super(store);
        }

        @Override
        protected MongoDatabase openOrCreateDatabase(String name) {
            return new Database(name);
        }

        @Override
        public Document handleMessage(MongoMessage message) {
            Document command = message.getDocument();
            String name = command.keySet().iterator().next();
            boolean reads = READS.contains(name.toLowerCase());
            Lock lock = reads ? gate.readLock() : gate.writeLock();
            lock.lock();
            try {
                // The answer refers to stored documents, which the next write changes in place: copy it now.
                Document answer = super.handleMessage(message).cloneDeeply();
                if (!reads) {
                    commit();
                }
                return answer;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public Document handleCommand(Channel channel, String database, String command, Document query) {
            if (!command.equals("hello")) {
                return super.handleCommand(channel, database, command, query);
            }
            Document answer = super.handleCommand(channel, database, "isMaster", query);
            answer.put("isWritablePrimary", true);
            return answer;
        }

        /** Indexes whose keys are compared as they are. An inner class: its constructor opens indexes already. */
        private final class Database extends H2Database {
            Database(String name) {
                super(name, getMvStore(), getCursorRegistry());
            }

            @Override
            protected Index<Object> openOrCreateUniqueIndex(
                    String collection, String index, List<IndexKey> keys, boolean sparse) {
                // A map that is open is what the backend's own call finds by this name.
                String map = getFullCollectionNamespace(collection) + "._index_" + index;
                getMvStore().openMap(map, new MVMap.Builder<KeyValue, Object>().keyType(new KeyType()));
                return super.openOrCreateUniqueIndex(collection, index, keys, sparse);
            }
        }
    }

    /** The order of the keys' serialized form, as files have it, without serializing both for each comparison. */
    private static final class KeyType extends ObjectDataType {
        private static final int SHORT = 128; // a length of one byte, without a sign

        @Override
        public int compare(Object one, Object other) {
            String first = text(one);
            String second = text(other);
            if (first == null || second == null) {
                return super.compare(one, other);
            }
            int byLength = Integer.compare(first.length(), second.length());
            return byLength != 0 ? byLength : first.compareTo(second);
        }

        /** The only value, if it is a short text of ASCII: serialized, it is its length and its letters. */
        private static String text(Object key) {
            if (!(key instanceof KeyValue value) || value.size() != 1 || !(value.get(0) instanceof String text)) {
                return null;
            }
            if (text.length() >= SHORT) {
                return null;
            }
            for (int i = 0; i < text.length(); i++) {
                if (text.charAt(i) >= SHORT || text.charAt(i) == 0) {
                    return null;
                }
            }
            return text;
        }
    }
}
