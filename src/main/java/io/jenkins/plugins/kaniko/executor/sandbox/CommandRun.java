package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Runs the process of a command, which reads what it is to do from its standard input. */
final class CommandRun {
  private CommandRun() {}

  /**
   * Waits for the end of one that was just started; whatever happens, the killer is asked to make
   * an end of it.
   */
  static int toTheEnd(Process process, String script, OutputStream output, Consumer<Process> killer)
      throws IOException, InterruptedException {
    Pump pump = new Pump(process, output);
    Thread pumping = new Thread(pump, "output of a command");
    pumping.setDaemon(true);
    pumping.start();
    try {
      feed(process, script);
      int exitCode = process.waitFor();
      // What it left behind may hold on to its output.
      killer.accept(process);
      pumping.join();
      pump.check();
      return exitCode;
    } finally {
      killer.accept(process);
      pumping.join();
    }
  }

  private static void feed(Process process, String script) {
    try (OutputStream in = process.getOutputStream()) {
      in.write(script.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It ended before it read this; what it said on standard error tells why.
    }
  }

  /**
   * Hands output on as it comes; goes on reading when nobody takes it, so that the command does not
   * hang.
   */
  private static final class Pump implements Runnable {
    private final Process process;
    private final OutputStream sink;
    private IOException trouble;

    Pump(Process process, OutputStream sink) {
      this.process = process;
      this.sink = sink;
    }

    @Override
    public void run() {
      byte[] buffer = new byte[8192];
      try (var out = process.getInputStream()) {
        for (int n = out.read(buffer); n >= 0; n = out.read(buffer)) {
          pass(buffer, n);
        }
      } catch (IOException e) {
        trouble = e;
      }
    }

    void check() throws IOException {
      if (trouble != null) {
        throw new IOException(
            "its output could not be passed on: " + trouble.getMessage(), trouble);
      }
    }

    private void pass(byte[] buffer, int length) {
      if (trouble != null) {
        return;
      }
      try {
        sink.write(buffer, 0, length);
        sink.flush();
      } catch (IOException e) {
        trouble = e;
      }
    }
  }
}
