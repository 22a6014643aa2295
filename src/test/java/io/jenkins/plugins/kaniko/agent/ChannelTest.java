package io.jenkins.plugins.kaniko.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import hudson.AbortException;
import hudson.model.TaskListener;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.PrintStream;
import java.io.Serializable;
import java.nio.file.AccessDeniedException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What crosses the channel to an agent, and what an agent has to load for it. */
class ChannelTest {
  private static final String OURS = "io.jenkins.plugins.kaniko.agent";

  /**
   * Of the JDK's classes that Jenkins lets pass: those that anything of ours could reach.
   * Throwables and arrays always pass.
   */
  private static final Set<String> PERMITTED =
      Set.of(
          "java.lang.Boolean",
          "java.lang.Integer",
          "java.lang.Long",
          "java.lang.Number",
          "java.lang.String",
          "java.lang.StackTraceElement",
          "java.util.ArrayList",
          "java.util.Collections$EmptyList",
          "java.util.Collections$UnmodifiableCollection",
          "java.util.Collections$UnmodifiableList",
          "java.util.Collections$UnmodifiableMap",
          "java.util.HashMap",
          "java.util.LinkedHashMap");

  @Test
  void aBuildCrossesTheChannel() throws Exception {
    AgentRequest request =
        AgentRequest.builder()
            .flags(List.of("--context=.", "--no-push"))
            .environment(Map.of("HTTP_PROXY", "http://proxy.example:3128"))
            .credentials(
                List.of(
                    new RegistryLogin("r.example", "u", "p"),
                    new RegistryToken("s.example", "t"),
                    new RegistryCertificate("t.example", "chain", "key"),
                    new ConfigJson("{}")))
            .secretFiles(List.of(new SecretFile("npm", new byte[] {1, 2})))
            .sshKeys(List.of(new SecretFile("default", new byte[] {3})))
            .masked(List.of("hidden"))
            .javaOptions(List.of("-Xmx1g"))
            .build();

    BuildCallable sent = new BuildCallable(request, new Listener(), new Stream());

    assertThat(cross(sent)).isInstanceOf(BuildCallable.class);
    AgentRequest received = (AgentRequest) cross(request);
    assertThat(received).usingRecursiveComparison().isEqualTo(request);
    assertThat(received.hasFlag("--no-push")).isTrue();
  }

  @Test
  void aResultCrossesTheChannel() throws Exception {
    AgentResult result =
        new AgentResult(
            "sha256:a",
            "sha256:b",
            List.of("r.example/app:1@sha256:a"),
            List.of("1", "2", "3"),
            true,
            5,
            List.of(new AgentResult.Layer("sha256:c", "sha256:d", 5, "COPY . /")),
            List.of(new AgentResult.Step("stage-0", 1, "COPY . /", 3, false, 1, 2)),
            0,
            List.of(new AgentResult.Warning("Rule", "text", "Dockerfile", 1, 0)),
            7);

    assertThat(cross(result)).isEqualTo(result);
  }

  @Test
  void aFailureCrossesTheChannel() throws Exception {
    AbortException failure =
        Failures.failure("write", new AccessDeniedException("/x"), "make it writable");

    assertThat(cross(failure)).isInstanceOf(AbortException.class);
  }

  /** Each class that is not the JDK's is fetched over the channel, with all that it needs. */
  @Test
  void theAgentLoadsNoMoreOfJenkinsThanACallableIsMadeOf() {
    Set<String> jenkins =
        Set.of(
            "hudson.AbortException",
            "hudson.model.TaskListener",
            "hudson.remoting.Channel",
            "hudson.remoting.VirtualChannel",
            "jenkins.agents.ControllerToAgentFileCallable");
    classes()
        .should()
        .onlyDependOnClassesThat(
            DescribedPredicate.describe(
                "are the JDK's, the agent's side or what a callable is made of",
                (JavaClass type) ->
                    type.getPackageName().startsWith("java.")
                        || type.getPackageName().equals(OURS)
                        || type.isPrimitive()
                        || type.isArray()
                        || jenkins.contains(type.getName())))
        .check(
            new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(OURS));
  }

  private static Object cross(Object sent) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(sent);
    }
    try (ObjectInputStream in = new Filtered(new ByteArrayInputStream(bytes.toByteArray()))) {
      return in.readObject();
    }
  }

  /** Rejects what Jenkins does. */
  private static final class Filtered extends ObjectInputStream {
    Filtered(InputStream in) throws IOException {
      super(in);
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description)
        throws IOException, ClassNotFoundException {
      Class<?> type = super.resolveClass(description);
      boolean passes =
          type.isArray()
              || Throwable.class.isAssignableFrom(type)
              || type.getName().startsWith(OURS)
              || PERMITTED.contains(type.getName());
      if (!passes) {
        throw new SecurityException("Rejected: " + type.getName());
      }
      return type;
    }
  }

  private static final class Listener implements TaskListener {
    private static final long serialVersionUID = 1;

    @Override
    public PrintStream getLogger() {
      return System.out;
    }
  }

  private static final class Stream extends InputStream implements Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public int read() {
      return -1;
    }
  }
}
