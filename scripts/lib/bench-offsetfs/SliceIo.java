// SPDX-License-Identifier: Apache-2.0

import com.sun.management.OperatingSystemMXBean;
import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.objectstore.s3.S3Config;
import dev.syncmate.agent.objectstore.s3.S3ObjectStore;
import dev.syncmate.agent.offsetfs.SliceMount;
import dev.syncmate.agent.offsetfs.fuse.FuseMountFactory;
import dev.syncmate.agent.offsetfs.FuseVersion;
import dev.syncmate.agent.slice.SliceSource;
import dev.syncmate.agent.slice.file.FileSliceSource;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The upload path of a send agent, for scripts/bench: slices read directly or through the agent's
 * own mount, hashed, and sent over HTTP to a sink in another process ({@code SliceIo sink}). A line
 * a pass: way, bytes, nanoseconds, CPU nanoseconds of this process.
 */
class SliceIo {
  private static final int STREAMS = 4;
  private static final long SLICE_BYTES = 64L << 20;

  public static void main(String[] args) throws Exception {
    if (args[0].equals("sink")) {
      sink();
    } else {
      measure(args[0], Path.of(args[1]), Path.of(args[2]), Integer.parseInt(args[3]));
    }
    System.exit(0);
  }

  // args: port of the sink, base folder of mounts, source, passes
  private static void measure(String port, Path base, Path source, int passes) throws Exception {
    Vertx vertx = Vertx.vertx();
    S3Config config =
        new S3Config(URI.create("http://127.0.0.1:" + port), "auto", "bucket", "key", "secret", 8);
    try (ObjectStore store = S3ObjectStore.open(vertx, config);
        SliceMount two = mount(base, "2");
        SliceMount three = mount(base, "3")) {
      for (int pass = -1; pass < passes; pass++) {
        pass(store, source, pass, "direct", null);
        pass(store, source, pass, "mount-2", two);
        pass(store, source, pass, "mount-3", three);
      }
    }
    vertx.close();
  }

  private static SliceMount mount(Path base, String version) throws IOException {
    return SliceMount.create(base, new FuseMountFactory(FuseVersion.of(version)));
  }

  private static void pass(
      ObjectStore store, Path source, int pass, String way, SliceMount mount) throws Exception {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    List<SliceSource> slices = new ArrayList<>();
    long slicesWhole = Files.size(source) / SLICE_BYTES;
    for (int i = 0; i < slicesWhole; i++) {
      FileSliceSource direct = new FileSliceSource(source, i * SLICE_BYTES, SLICE_BYTES);
      slices.add(
          mount == null
              ? direct
              : direct.through(mount.add("s" + i, source, i * SLICE_BYTES, SLICE_BYTES)));
    }
    long cpu = system.getProcessCpuTime();
    long time = System.nanoTime();
    List<Future<?>> streams = new ArrayList<>();
    for (int stream = 0; stream < STREAMS; stream++) {
      streams.add(send(store, slices, stream));
    }
    Future.all(streams).toCompletionStage().toCompletableFuture().get(10, TimeUnit.MINUTES);
    time = System.nanoTime() - time;
    cpu = system.getProcessCpuTime() - cpu;
    if (mount != null) {
      for (int i = 0; i < slicesWhole; i++) {
        mount.remove("s" + i);
      }
    }
    if (pass >= 0) {
      System.out.printf("%s %d %d %d%n", way, slicesWhole * SLICE_BYTES, time, cpu);
    }
  }

  private static Future<?> send(ObjectStore store, List<SliceSource> slices, int at) {
    if (at >= slices.size()) {
      return Future.succeededFuture();
    }
    return store
        .put("slice" + at, slices.get(at), new Cancellation())
        .compose(stored -> send(store, slices, at + STREAMS));
  }

  private static void sink() throws IOException {
    Map<String, Long> sizes = new ConcurrentHashMap<>();
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      System.out.println(server.getLocalPort());
      Thread watch =
          new Thread(
              () -> {
                try {
                  while (System.in.read() >= 0) {}
                } catch (IOException e) {
                  // Gone as well.
                }
                System.exit(0);
              });
      watch.start();
      while (true) {
        Socket socket = server.accept();
        socket.setReceiveBufferSize(1 << 20);
        new Thread(() -> serve(socket, sizes)).start();
      }
    }
  }

  private static void serve(Socket socket, Map<String, Long> sizes) {
    byte[] buffer = new byte[1 << 18];
    try (socket;
        InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 14);
        OutputStream out = socket.getOutputStream()) {
      String request = line(in);
      while (!request.isEmpty()) {
        long length = 0;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
          if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
            length = Long.parseLong(header.substring(15).strip());
          }
        }
        String key = request.split(" ")[1].split("\\?")[0];
        if (request.startsWith("PUT")) {
          sizes.put(key, length);
        }
        while (length > 0) {
          int got = in.read(buffer, 0, (int) Math.min(buffer.length, length));
          if (got < 0) {
            return;
          }
          length -= got;
        }
        long shown = request.startsWith("HEAD") ? sizes.getOrDefault(key, 0L) : 0;
        out.write(
            ("HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: " + shown + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        request = line(in);
      }
    } catch (IOException e) {
      // The client has gone.
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
