package io.jenkins.plugins.kaniko.executor.build;

import java.util.List;

/**
 * Options of a JVM that builds; {@code bin/lib/jvm-options} has them for the one that is started.
 */
final class JavaOptions {
  /**
   * A small heap with a simple collector: nothing large is kept in it, and agents have other things
   * to run. It starts small, because what a new heap has is filled before anything is collected.
   *
   * <p>Builds end before most of what a compiler does has paid: the first one gets what runs three
   * times as often as it would by default, and the optimising one a hundred times, but for hashing,
   * which it makes ten times as fast.
   */
  static final List<String> ALL =
      List.of(
          "-Xmx192m",
          "-Xms16m",
          "-Xmn10m",
          "-Xss512k",
          "-XX:Tier3InvocationThreshold=600",
          "-XX:Tier3MinInvocationThreshold=300",
          "-XX:Tier3CompileThreshold=6000",
          "-XX:Tier4InvocationThreshold=500000",
          "-XX:Tier4MinInvocationThreshold=60000",
          "-XX:Tier4CompileThreshold=1500000",
          "-XX:Tier4BackEdgeThreshold=4000000",
          "-XX:CompileCommand=quiet",
          "-XX:CompileCommand=CompileThresholdScaling,sun.security.provider.*::implCompress*,0.01",
          "-XX:+UseSerialGC",
          "-XX:-UsePerfData",
          "-XX:MaxDirectMemorySize=32m",
          "-Djava.awt.headless=true");

  private JavaOptions() {}
}
