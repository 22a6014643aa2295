package io.jenkins.plugins.kaniko.agent;

import hudson.AbortException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A JVM in the part of an agent: calls the callable as Remoting would, with no Jenkins there. */
final class AgentMain {
  private AgentMain() {}

  /** Arguments: the agent's root, the executor jar, the flags. Prints the digest at the end. */
  public static void main(String[] args) throws Exception {
    Path root = Path.of(args[0]);
    Path jar = Path.of(args[1]);
    AgentRequest request = Agent.foreign(root, jar, List.of(args).subList(2, args.length));
    try (InputStream in = Files.newInputStream(jar)) {
      AgentResult result =
          new BuildCallable(request, () -> System.out, in)
              .invoke(root.resolve("workspace").resolve("job").toFile(), null);
      System.out.write(("digest " + result.digest() + "\n").getBytes(StandardCharsets.UTF_8));
      System.out.flush();
    } catch (AbortException e) {
      System.out.println("aborted: " + e.getMessage());
      System.exit(1);
    }
  }
}
