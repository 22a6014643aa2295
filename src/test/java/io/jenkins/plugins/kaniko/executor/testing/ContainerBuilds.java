package io.jenkins.plugins.kaniko.executor.testing;

import io.jenkins.plugins.kaniko.executor.testing.Container.Seccomp;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Builds contexts in containers of our images and prints a table of how it went; {@code
 * bench/containers} starts it.
 */
public final class ContainerBuilds {
  private static final Pattern SANDBOX = Pattern.compile("sandbox: ([^(\n]+?)(?: \\(.*)?\n");
  private static final TestUser ROOT = new TestUser("root", 0, 0);
  private static final TestUser JENKINS = new TestUser("jenkins", 1000, 1000);

  /** A container, and what the executor is told in it. */
  private record Environment(String title, String image, Container like, List<String> flags) {}

  private final Path images;
  private final String registry;
  private final Path logs;

  private ContainerBuilds(Path images, String registry, Path logs) {
    this.images = images;
    this.registry = registry;
    this.logs = logs;
  }

  /**
   * Prints the table; the exit code says whether every build succeeded.
   *
   * @param args a directory with the unpacked images {@code executor} and {@code agent}, a registry
   *     without TLS, a directory for logs, and the contexts
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    ContainerBuilds builds = new ContainerBuilds(Path.of(args[0]), args[1], Path.of(args[2]));
    List<Path> contexts = new ArrayList<>();
    for (String context : List.of(args).subList(3, args.length)) {
      contexts.add(Path.of(context));
    }
    List<String> names = contexts.stream().map(path -> path.getFileName().toString()).toList();
    System.out.println("| image | container | rung | " + String.join(" | ", names) + " |");
    System.out.println("|---|---|---|" + "---|".repeat(names.size()));
    boolean good = true;
    String only = System.getProperty("image", "");
    for (Environment environment : environments()) {
      if ((environment.image() + " " + environment.title()).startsWith(only)) {
        good &= builds.row(environment, contexts);
      }
    }
    System.exit(good ? 0 : 1);
  }

  private static List<Environment> environments() throws IOException {
    List<String> chroot = List.of("--isolation=chroot");
    List<String> none = List.of();
    return List.of(
        new Environment("Docker, root", "executor", Container.docker(ROOT), none),
        new Environment(
            "`hostUsers: false`, root", "executor", Container.docker(ROOT).inUserNamespace(), none),
        new Environment(
            "Docker, root, `--isolation=chroot`", "agent", Container.docker(ROOT), chroot),
        new Environment(
            "Docker, root, `seccomp=unconfined`, `systempaths=unconfined`",
            "agent",
            Container.docker(ROOT).with(Seccomp.UNCONFINED).unmasked(),
            none),
        new Environment(
            "Docker, root, `--cap-add SYS_ADMIN`",
            "agent",
            Container.docker(ROOT).withSystemAdministrator(),
            none),
        new Environment(
            "Docker, `jenkins`, `seccomp=unconfined`, `systempaths=unconfined`",
            "agent",
            Container.docker(JENKINS).with(Seccomp.UNCONFINED).unmasked(),
            none));
  }

  private boolean row(Environment environment, List<Path> contexts)
      throws IOException, InterruptedException {
    StringBuilder cells = new StringBuilder();
    String rung = "";
    boolean good = true;
    for (Path context : contexts) {
      Path log =
          logs.resolve(
              (environment.image() + " " + environment.title() + " " + context.getFileName())
                      .replaceAll("[^\\w.-]+", "-")
                  + ".log");
      long begin = System.nanoTime();
      int exitCode = build(environment, context, log);
      double seconds = (System.nanoTime() - begin) / 1e9;
      Matcher sandbox = SANDBOX.matcher(Files.readString(log));
      rung = sandbox.find() ? sandbox.group(1) : rung;
      good &= exitCode == 0;
      cells.append(
          exitCode == 0
              ? String.format(Locale.ROOT, " %.1f s |", seconds)
              : " failed (%d) |".formatted(exitCode));
    }
    System.out.println(
        "| %s | %s | %s |%s".formatted(environment.image(), environment.title(), rung, cells));
    return good;
  }

  /** In a container of its own, whose store is on a volume and empty. */
  private int build(Environment environment, Path context, Path log)
      throws IOException, InterruptedException {
    Container like = environment.like();
    Path volume = like.user().newDirectory();
    // A build in place keeps every path with a mount: not one that images have.
    String store = environment.image().equals("executor") ? "/kaniko/cache" : "/home/jenkins/agent";
    if (like.userNamespace()) {
      Files.setAttribute(volume, "unix:uid", 200000);
      Files.setAttribute(volume, "unix:gid", 200000);
    }
    try {
      ImageContainer container =
          new ImageContainer(like, images.resolve(environment.image()))
              .volume(context, "/repository")
              .volume(volume, store)
              .env("HOME", like.user().uid() == 0 ? "/root" : "/home/jenkins");
      List<String> words = new ArrayList<>();
      words.add(environment.image().equals("executor") ? "/kaniko/executor" : "kaniko-build");
      words.addAll(List.of("--context=/repository", "--store-dir=" + store + "/store"));
      words.add("--insecure-registry=" + registry);
      words.add("--destination=" + registry + "/bench/containers-" + context.getFileName());
      words.addAll(environment.flags());
      ProcessBuilder builder = new ProcessBuilder(container.command(words));
      builder.redirectErrorStream(true).redirectOutput(log.toFile());
      builder.redirectInput(new File("/dev/null"));
      int exitCode = builder.start().waitFor();
      delete(container.rootfs());
      return exitCode;
    } finally {
      delete(volume);
    }
  }

  private static void delete(Path directory) throws IOException, InterruptedException {
    new ProcessBuilder("rm", "-rf", "--one-file-system", directory.toString()).start().waitFor();
  }
}
