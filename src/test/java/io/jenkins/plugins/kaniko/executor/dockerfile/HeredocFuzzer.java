package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Any text behind instructions that open here-documents. */
public final class HeredocFuzzer {
  private static final List<String> OPENINGS =
      List.of("RUN ", "COPY ", "ADD ", "ONBUILD RUN ", "ONBUILD COPY ", "RUN <<", "COPY <<");

  private HeredocFuzzer() {}

  /** Called by the fuzzer: the first byte chooses the instruction. */
  public static void fuzzerTestOneInput(byte[] data) throws DockerfileException {
    if (data.length == 0) {
      return;
    }
    String opening = OPENINGS.get((data[0] & 0xff) % OPENINGS.size());
    String rest = new String(data, 1, data.length - 1, StandardCharsets.UTF_8);
    ParserFuzzer.check("FROM a\n" + opening + rest);
    HeredocToken.scan(rest);
  }
}
