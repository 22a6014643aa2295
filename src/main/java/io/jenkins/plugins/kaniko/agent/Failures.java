package io.jenkins.plugins.kaniko.agent;

import hudson.AbortException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Failures as one sentence: what was tried, why it failed, what to try. */
final class Failures {
  private Failures() {}

  static AbortException failure(String tried, String reason, String remedy) {
    return new AbortException("tried to " + tried + ", but " + reason + "; " + remedy);
  }

  static AbortException failure(String tried, IOException e, String remedy) {
    AbortException failure = failure(tried, reason(e), remedy);
    failure.initCause(e);
    return failure;
  }

  static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission is denied";
    } else if (e instanceof NoSuchFileException) {
      return "it is not there";
    } else if (e instanceof FileAlreadyExistsException) {
      return "something else is in its place";
    } else if (e instanceof FileSystemException files && files.getReason() != null) {
      return lowerFirst(files.getReason());
    }
    return lowerFirst(String.valueOf(e.getMessage()));
  }

  private static String lowerFirst(String text) {
    return text.isEmpty() ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
  }
}
