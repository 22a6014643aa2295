package io.jenkins.plugins.kaniko.executor.build;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Something that happened in a build, as plain data. The JSON event stream is these records, field
 * by field; {@code docs/events.md} documents them.
 */
public sealed interface BuildEvent {
  Instant time();

  /** Severity of a {@link Message}, in rising order. */
  enum Level {
    TRACE,
    DEBUG,
    INFO,
    WARN,
    ERROR
  }

  /** Where the bytes of a transfer go. */
  enum Direction {
    /** From a registry into the store. */
    PULL,
    /** From the store to a registry. */
    PUSH,
    /** From a layer in the store into a file tree. */
    EXTRACT
  }

  /** A sentence for a person. */
  record Message(Instant time, Level level, String text) implements BuildEvent {}

  /**
   * The Dockerfile is read and the plan is made.
   *
   * @param steps instructions that will be run, over all stages
   */
  record BuildStarted(Instant time, String dockerfile, int stages, int steps)
      implements BuildEvent {}

  /** The first instruction of a stage is about to run. Unnamed stages are called by their index. */
  record StageStarted(Instant time, String stage) implements BuildEvent {}

  /**
   * An instruction begins.
   *
   * @param number counted from 1 within the stage
   * @param total instructions in the stage
   * @param text the instruction as written, which may span lines
   */
  record StepStarted(Instant time, String stage, int number, int total, String text)
      implements BuildEvent {}

  /** A line that a RUN command wrote, without its line end. */
  record StepOutput(Instant time, String stage, int number, String line) implements BuildEvent {}

  /**
   * An instruction is done.
   *
   * @param bytes size of its layer before compression, 0 without a layer
   * @param cached whether its layer came from the cache
   */
  record StepFinished(
      Instant time,
      String stage,
      int number,
      int total,
      String text,
      Duration duration,
      FileCounts files,
      long bytes,
      boolean cached)
      implements BuildEvent {}

  /**
   * Part of a transfer is done. Emitted as often as is convenient: who shows it thins it out.
   *
   * @param what short digest or file name
   * @param bytesTotal -1 where it is not known
   */
  record TransferProgress(
      Instant time, Direction direction, String what, long bytesDone, long bytesTotal)
      implements BuildEvent {}

  /**
   * A transfer has ended well.
   *
   * @param bytes what was moved, 0 if nothing had to be
   * @param outcome a word or two: {@code done}, {@code already there}, {@code mounted from
   *     REPOSITORY}
   */
  record TransferFinished(
      Instant time, Direction direction, String what, long bytes, String outcome)
      implements BuildEvent {}

  /** A lint finding: the build goes on. */
  record Warning(Instant time, String rule, String message, String file, int line)
      implements BuildEvent {}

  /**
   * The image is complete in the store.
   *
   * @param digest of the manifest
   * @param imageId digest of the config
   * @param size compressed bytes of all layers
   */
  record ImageFinished(Instant time, String digest, String imageId, int layers, long size)
      implements BuildEvent {}

  /**
   * A destination has the image.
   *
   * @param reference {@code registry/repository:tag}
   */
  record Pushed(Instant time, String reference, String digest) implements BuildEvent {}

  /** The build failed: the last event of a stream. The message is as {@link BuildException}'s. */
  record Failed(
      Instant time,
      BuildException.Category category,
      String message,
      Optional<SourceLocation> location)
      implements BuildEvent {}

  /** Every kind of event, for those who document or check them all. */
  static List<Class<?>> kinds() {
    return List.of(BuildEvent.class.getPermittedSubclasses());
  }
}
