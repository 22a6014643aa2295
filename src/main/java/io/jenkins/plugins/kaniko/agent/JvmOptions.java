package io.jenkins.plugins.kaniko.agent;

import java.util.List;

/**
 * Options of the executor's JVM, before those of the configuration, which win: the ones of {@code
 * bin/lib/jvm-options}, whose reasons are told with the executor's own. The classes of an agent
 * cannot read that file.
 */
final class JvmOptions {
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

  private JvmOptions() {}
}
