package io.jenkins.plugins.kaniko.executor.rootfs;

class OverlayLayerExtractionTest extends ExtractionContract {
  @Override
  TreeWriter.Whiteouts whiteouts() {
    return TreeWriter.Whiteouts.KEEP;
  }
}
