package io.jenkins.plugins.kaniko.executor.build;

/** How many files a step added, changed and deleted, directories included. */
public record FileCounts(int added, int changed, int deleted) {
  public static final FileCounts NONE = new FileCounts(0, 0, 0);

  public int total() {
    return added + changed + deleted;
  }
}
