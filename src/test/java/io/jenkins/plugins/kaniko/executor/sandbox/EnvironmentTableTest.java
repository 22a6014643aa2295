package io.jenkins.plugins.kaniko.executor.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.Container;
import io.jenkins.plugins.kaniko.executor.testing.Container.Seccomp;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Holds the table of docs/sandbox.md: in each environment the rungs are tried for real. {@code
 * -Dsandbox.table=write} writes the table anew.
 */
class EnvironmentTableTest {
  private static final Path PAGE = Path.of("docs/sandbox.md");
  private static final String BEGIN = "<!-- table: environments -->\n";
  private static final String END = "<!-- end of table -->\n";

  @Test
  void theTableOfEnvironmentsIsWhatIsFoundInThem() throws Exception {
    TestUser root = TestUsers.root();
    TestUser many = TestUsers.withSubIds();
    TestUser one = TestUsers.withoutSubIds();
    StringBuilder table = new StringBuilder(BEGIN).append("| environment | `auto` takes |");
    Survey.ASKED.stream()
        .skip(1)
        .forEach(i -> table.append(" `").append(i.spelling()).append("` |"));
    table.append("\n|---|---|").append("---|".repeat(Survey.ASKED.size() - 1)).append('\n');
    row(table, "machine, root", root.command(survey()));
    row(table, "machine, user with sub-ids", many.command(survey()));
    row(table, "machine, user without sub-ids", one.command(survey()));
    for (Map.Entry<String, Container> entry : containers(root, many, one).entrySet()) {
      try (Container container = entry.getValue()) {
        row(table, entry.getKey(), container.command(survey()));
      }
    }
    table.append(END);
    String page = Files.readString(PAGE);
    int from = page.indexOf(BEGIN);
    int to = page.indexOf(END) + END.length();
    if ("write".equals(System.getProperty("sandbox.table"))) {
      Files.writeString(PAGE, page.substring(0, from) + table + page.substring(to));
    } else {
      assertThat(page.substring(from, to)).isEqualTo(table.toString());
    }
  }

  private static Map<String, Container> containers(TestUser root, TestUser many, TestUser one)
      throws Exception {
    Map<String, Container> all = new LinkedHashMap<>();
    all.put("Docker, root", Container.docker(root));
    all.put(
        "Docker, root, `--cap-add SYS_ADMIN`", Container.docker(root).withSystemAdministrator());
    all.put("Docker, root, `seccomp=unconfined`", Container.docker(root).with(Seccomp.UNCONFINED));
    all.put(
        "Docker, root, `seccomp=unconfined`, `systempaths=unconfined`",
        Container.docker(root).with(Seccomp.UNCONFINED).unmasked());
    all.put("Podman's seccomp profile, root", Container.docker(root).with(Seccomp.PODMAN));
    all.put("`hostUsers: false`, root", Container.docker(root).inUserNamespace());
    all.put(
        "`hostUsers: false`, root, seccomp `Unconfined`",
        Container.docker(root).inUserNamespace().with(Seccomp.UNCONFINED));
    all.put(
        "`hostUsers: false`, root, seccomp `Unconfined`, `procMount: Unmasked`",
        Container.docker(root).inUserNamespace().with(Seccomp.UNCONFINED).unmasked());
    all.put("Docker, user with sub-ids", Container.docker(many));
    all.put(
        "Docker, user with sub-ids, `seccomp=unconfined`, `systempaths=unconfined`",
        Container.docker(many).with(Seccomp.UNCONFINED).unmasked());
    all.put(
        "the same, newuidmap with file capabilities",
        withFileCapabilities(Container.docker(many).with(Seccomp.UNCONFINED).unmasked()));
    all.put(
        "the same, `no-new-privileges`",
        withFileCapabilities(
            Container.docker(many).with(Seccomp.UNCONFINED).unmasked().withoutNewPrivileges()));
    all.put(
        "Docker, user with sub-ids, `seccomp=unconfined`, newuidmap with file capabilities",
        withFileCapabilities(Container.docker(many).with(Seccomp.UNCONFINED)));
    all.put(
        "Docker, user without sub-ids, `seccomp=unconfined`, `systempaths=unconfined`",
        Container.docker(one).with(Seccomp.UNCONFINED).unmasked());
    all.put(
        "Docker, user without sub-ids, `seccomp=unconfined`",
        Container.docker(one).with(Seccomp.UNCONFINED));
    return all;
  }

  private static Container withFileCapabilities(Container container) throws Exception {
    Map<Path, String> binds = new LinkedHashMap<>();
    for (String tool : List.of("newuidmap", "newgidmap")) {
      Path copy = Files.copy(Path.of("/usr/bin", tool), container.root().resolve(tool));
      Files.setAttribute(copy, "unix:mode", 0755);
      TestImage.output(
          "setcap",
          (tool.equals("newuidmap") ? "cap_setuid" : "cap_setgid") + "+ep",
          copy.toString());
      binds.put(copy, "/usr/bin/" + tool);
    }
    return container.bind(binds);
  }

  private static List<String> survey() {
    return List.of(
        System.getProperty("java.home") + "/bin/java",
        "-XX:TieredStopAtLevel=1",
        "-XX:-UsePerfData",
        "-cp",
        TestUsers.readableClasspath(),
        Survey.class.getName());
  }

  private static void row(StringBuilder table, String environment, List<String> command)
      throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(environment + "\n" + said).isZero();
    System.out.println(environment + "\n" + said.indent(2));
    List<String> cells = new ArrayList<>(List.of(environment));
    for (String line : said.lines().toList()) {
      String answer = line.split("\t", 2)[1];
      if (line.startsWith("auto\t")) {
        cells.add(answer.replaceAll("^sandbox: | \\(.*", ""));
      } else {
        cells.add(answer.startsWith("refused: ") ? "" : "yes");
      }
    }
    table.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }
}
