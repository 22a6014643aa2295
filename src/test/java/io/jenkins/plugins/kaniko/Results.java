package io.jenkins.plugins.kaniko;

import io.jenkins.plugins.kaniko.agent.AgentResult;
import java.util.List;

/** A result as an agent would send it. */
final class Results {
  static final String DIGEST = "sha256:0123456789abcdef0123456789abcdef" + "f".repeat(32);

  private Results() {}

  static AgentResult result(String destination) {
    return new AgentResult(
        DIGEST,
        "sha256:" + "a".repeat(64),
        List.of(destination + "@" + DIGEST),
        List.of("1"),
        true,
        3_400_000,
        List.of(
            new AgentResult.Layer("sha256:l1", "sha256:d1", 3_000_000, ""),
            new AgentResult.Layer("sha256:l2", "sha256:d2", 400_000, "RUN <make> & \"install\"")),
        List.of(
            new AgentResult.Step("build", 1, "RUN make", 3_000, false, 12, 900_000),
            new AgentResult.Step("build", 2, "COPY . .", 1_000, true, 3, 100),
            new AgentResult.Step("1", 1, "CMD [\"app\"]", 0, false, 0, 0)),
        1,
        List.of(new AgentResult.Warning("FromAsCasing", "as and FROM differ", "Dockerfile", 3, 14)),
        125_000);
  }
}
