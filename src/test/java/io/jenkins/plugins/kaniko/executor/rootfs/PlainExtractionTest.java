package io.jenkins.plugins.kaniko.executor.rootfs;

class PlainExtractionTest extends ExtractionContract {
  @Override
  TreeWriter.Whiteouts whiteouts() {
    return TreeWriter.Whiteouts.APPLY;
  }
}
