package io.jenkins.plugins.kaniko.executor.source;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A process that can be asked for its exit value as soon as it has closed its output: JGit does so,
 * and the process may need a moment more to end.
 */
final class PatientProcess extends Process {
  private static final int SECONDS_TO_END = 5;

  private final Process process;
  private final CountDownLatch complained = new CountDownLatch(1);
  private final InputStream output;
  private final InputStream errors;

  PatientProcess(Process process) {
    this.process = process;
    errors = new Announced(process.getErrorStream(), complained::countDown);
    output = new Announced(process.getInputStream(), this::awaitComplaints);
  }

  /** Who finds that there is no more output asks at once for the errors. */
  private void awaitComplaints() {
    try {
      if (!complained.await(SECONDS_TO_END, TimeUnit.SECONDS)) {
        process.destroy();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public int exitValue() {
    try {
      process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return process.exitValue();
  }

  @Override
  public OutputStream getOutputStream() {
    return process.getOutputStream();
  }

  @Override
  public InputStream getInputStream() {
    return output;
  }

  @Override
  public InputStream getErrorStream() {
    return errors;
  }

  @Override
  public int waitFor() throws InterruptedException {
    return process.waitFor();
  }

  @Override
  public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
    return process.waitFor(timeout, unit);
  }

  @Override
  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void destroy() {
    process.destroy();
  }

  @Override
  public Process destroyForcibly() {
    process.destroyForcibly();
    return this;
  }

  /** Does something before it says that it is at its end. */
  private static final class Announced extends FilterInputStream {
    private final Runnable atEnd;

    Announced(InputStream in, Runnable atEnd) {
      super(in);
      this.atEnd = atEnd;
    }

    @Override
    public int read() throws IOException {
      return checked(super.read());
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return checked(super.read(bytes, offset, length));
    }

    private int checked(int result) {
      if (result < 0) {
        atEnd.run();
      }
      return result;
    }
  }
}
