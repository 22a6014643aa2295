package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.BuildException.Category;
import io.jenkins.plugins.kaniko.executor.dockerfile.DockerfileException;
import io.jenkins.plugins.kaniko.executor.dockerfile.Instruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.SourceRange;
import io.jenkins.plugins.kaniko.executor.layer.DiffIdMismatchException;
import io.jenkins.plugins.kaniko.executor.layer.UnusableNameException;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * Turns what the packages below throw into a {@link BuildException} with one sentence for people.
 */
final class Failures {
  /** More characters can be too many bytes for a system call. */
  private static final int LONG = 4000;

  private Failures() {}

  static BuildException registry(RegistryException e) {
    return new BuildException(Category.REGISTRY, e.getMessage(), e);
  }

  /** A failure of the disk or the system, with the cause that a person can do something about. */
  static BuildException io(String tried, IOException e) throws InterruptedException {
    if (e.getCause() instanceof BuildException failure) {
      return failure;
    }
    if (e instanceof InterruptedIOException
        || e instanceof java.nio.channels.ClosedByInterruptException) {
      InterruptedException interrupted = new InterruptedException();
      interrupted.initCause(e);
      throw interrupted;
    }
    String message = String.valueOf(e.getMessage());
    if (e instanceof DiffIdMismatchException) {
      return new BuildException(Category.REGISTRY, message, e);
    }
    if (e instanceof UnusableNameException) {
      return new BuildException(Category.DOCKERFILE_OR_COMMAND, message, e);
    }
    if (DiskFullException.isReason(e)) {
      return new DiskFullException(tried, e);
    }
    String reason = message;
    if (e instanceof AccessDeniedException) {
      reason = "permission is denied for " + message;
    } else if (e instanceof NoSuchFileException) {
      reason = "there is no " + message;
    } else if (e instanceof FileSystemException file && file.getReason() != null) {
      reason = file.getReason() + ": " + file.getFile();
      if (file.getFile().length() > LONG) {
        reason =
            "with the path of the store before it, a path of the image has more than 4,095 bytes;"
                + " try a shorter --store-dir: "
                + file.getFile();
      }
    }
    // Sentences of our own already say what was tried.
    return new BuildException(
        Category.ENVIRONMENT,
        message.startsWith("tried to ") ? message : "tried to " + tried + ", but " + reason,
        e);
  }

  static BuildException dockerfile(DockerfileException e) {
    return new BuildException(
        Category.DOCKERFILE_OR_COMMAND,
        e.detail() + e.suggestion().map(nearest -> "; did you mean " + nearest + "?").orElse(""),
        e.range().map(range -> location(range, e)).orElse(null),
        e);
  }

  private static SourceLocation location(SourceRange range, DockerfileException e) {
    Optional<Integer> column =
        range.column().isPresent() ? Optional.of(range.column().getAsInt()) : Optional.empty();
    return new SourceLocation(range.file(), range.startLine(), column, e.lines());
  }

  /** A mistake in an instruction, or a command that failed. */
  static BuildException at(Instruction instruction, String message) {
    return at(instruction, message, null);
  }

  static BuildException at(Instruction instruction, String message, Throwable cause) {
    return new BuildException(
        Category.DOCKERFILE_OR_COMMAND, message, location(instruction), cause);
  }

  static SourceLocation location(Instruction instruction) {
    return new SourceLocation(
        instruction.range().file(), instruction.range().startLine(), instruction.source().lines());
  }

  /** The result of background work; its failure is thrown here. */
  static <T> T await(Future<T> future) throws BuildException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BuildException failure) {
        throw failure;
      }
      if (e.getCause() instanceof InterruptedException interrupted) {
        throw interrupted;
      }
      if (e.getCause() instanceof RegistryException failure) {
        throw registry(failure);
      }
      if (e.getCause() instanceof IOException failure) {
        throw io("write a layer", failure);
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e.getCause() instanceof RuntimeException defect
          ? defect
          : new IllegalStateException(e.getCause());
    }
  }
}
