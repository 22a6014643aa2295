package io.jenkins.plugins.kaniko.executor.source;

import java.io.IOException;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.errors.AmbiguousObjectException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ProgressMonitor;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.SshTransport;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.TransportHttp;
import org.eclipse.jgit.transport.URIish;

/**
 * Brings one commit of a remote repository into a local one, alone where the server can do that.
 */
final class GitFetch {
  /** Where a fetched ref is kept. */
  static final String LOCAL = "refs/kaniko/wanted";

  private static final String ALL_HEADS = "+refs/heads/*:refs/kaniko/heads/*";
  private static final String ALL_TAGS = "+refs/tags/*:refs/kaniko/tags/*";
  private static final int SECONDS_OF_SILENCE = 120;

  private final Repository repository;
  private final GitAddress address;
  private final GitSettings settings;

  GitFetch(Repository repository, GitAddress address, GitSettings settings) {
    this.repository = repository;
    this.address = address;
    this.settings = settings;
  }

  /** Fetches what the address names. */
  RevCommit commit() throws SourceException, IOException, InterruptedException {
    checkTransport();
    try {
      RevCommit commit = parse(wanted());
      Optional<String> expected = address.commit();
      if (expected.isPresent() && !commit.name().startsWith(expected.get())) {
        throw failure(
            "it is at commit "
                + commit.name()
                + " and not "
                + expected.get()
                + "; correct the commit if this is what you want",
            null);
      }
      return commit;
    } catch (TransportException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      throw failure(new NewHash(address, settings).reason(e).orElseGet(() -> reason(e)), e);
    } catch (URISyntaxException e) {
      throw failure("that is no URL", e);
    } catch (OutOfMemoryError e) {
      throw failure(
          "one of its files is too large for the heap; give the executor more with java -Xmx1g", e);
    }
  }

  private ObjectId wanted()
      throws SourceException, IOException, URISyntaxException, InterruptedException {
    Optional<String> commit = address.commit();
    if (address.byCommit() && commit.isPresent()) {
      return byCommit(commit.get());
    }
    if (address.ref().filter(GitAddress::isFullCommit).isPresent()) {
      return byCommit(address.ref().get());
    }
    Map<String, Ref> advertised = advertised();
    String name = address.ref().orElse("HEAD");
    for (String candidate : candidates(name)) {
      if (advertised.containsKey(candidate)) {
        fetch(1, new RefSpec(candidate + ":" + LOCAL));
        return repository.exactRef(LOCAL).getObjectId();
      }
    }
    if (GitAddress.isShortCommit(name)) {
      return everything(name);
    }
    throw failure(
        address.ref().isEmpty()
            ? "it has no default branch; name one with #BRANCH"
            : "it has no branch, tag or ref " + name + "; correct the name",
        null);
  }

  /** Branches come before tags, as in git checkout. */
  private static List<String> candidates(String name) {
    return name.equals("HEAD") || name.startsWith("refs/")
        ? List.of(name)
        : List.of("refs/heads/" + name, "refs/tags/" + name, "refs/" + name);
  }

  private ObjectId byCommit(String commit)
      throws SourceException, IOException, URISyntaxException, InterruptedException {
    try {
      fetch(1, new RefSpec(commit + ":" + LOCAL));
      return ObjectId.fromString(commit);
    } catch (TransportException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      // Not every server gives out a commit that no ref points to.
      return everything(commit);
    }
  }

  private ObjectId everything(String commit)
      throws SourceException, IOException, URISyntaxException, InterruptedException {
    fetch(0, new RefSpec(ALL_HEADS), new RefSpec(ALL_TAGS));
    try {
      ObjectId found = repository.resolve(commit + "^{commit}");
      if (found != null) {
        return found;
      }
    } catch (AmbiguousObjectException e) {
      throw failure("more than one commit begins with " + commit + "; give more digits", e);
    } catch (MissingObjectException e) {
      throw failure("no branch and no tag has the commit " + commit + "; correct it", e);
    }
    throw failure("no branch and no tag has the commit " + commit + "; correct it", null);
  }

  private RevCommit parse(ObjectId id) throws SourceException, IOException {
    try (RevWalk walk = new RevWalk(repository)) {
      return walk.parseCommit(id);
    } catch (MissingObjectException | org.eclipse.jgit.errors.IncorrectObjectTypeException e) {
      throw failure("what it names is no commit; name a branch, a tag or a commit", e);
    }
  }

  private Map<String, Ref> advertised() throws IOException, URISyntaxException {
    try (Transport transport = open();
        FetchConnection connection = transport.openFetch()) {
      return connection.getRefsMap();
    }
  }

  private void fetch(int depth, RefSpec... specs) throws IOException, URISyntaxException {
    try (Transport transport = open()) {
      if (depth > 0) {
        transport.setDepth(depth);
      }
      transport.fetch(new Watch(), List.of(specs));
    }
  }

  private Transport open() throws IOException, URISyntaxException {
    Transport transport = Transport.open(repository, new URIish(address.remote()));
    transport.setTagOpt(TagOpt.NO_TAGS);
    transport.setTimeout(SECONDS_OF_SILENCE);
    if (transport instanceof TransportHttp http) {
      http.setHttpConnectionFactory(new HttpConnections(address, settings));
    } else if (transport instanceof SshTransport ssh) {
      ssh.setSshSessionFactory(new SshProgram(settings));
    }
    return transport;
  }

  private void checkTransport() throws SourceException {
    if (address.scheme().equals("http") && address.userInfo().isPresent()) {
      throw failure("its user and password would go over plain HTTP; use https", null);
    }
    if (address.scheme().equals("ssh") && settings.ssh().isEmpty()) {
      throw failure("there is no key to log in with; add --ssh default", null);
    }
  }

  private static String reason(TransportException e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains("CredentialsProvider")) {
      return "the server wants a login, or another one; give a credential, see docs/security.md";
    }
    String hint =
        message.contains("not authorized") || message.contains("uthentication")
            ? "; give a credential, see docs/security.md"
            : message.contains("ost key verification failed")
                ? "; add the key of the host to ~/.ssh/known_hosts"
                : "; check the address";
    StringBuilder text = new StringBuilder(message.replaceAll("\\p{Cntrl}+", " ").strip());
    Throwable cause = e.getCause();
    if (cause != null && cause.getMessage() != null && !message.contains(cause.getMessage())) {
      text.append(": ").append(cause.getMessage().replaceAll("\\p{Cntrl}+", " "));
    }
    return text + hint;
  }

  private SourceException failure(String reason, Throwable cause) {
    return new SourceException("tried to fetch " + address + ", but " + reason, cause);
  }

  /** Stops a transfer when the build is stopped. */
  private static final class Watch implements ProgressMonitor {
    private final Thread builder = Thread.currentThread();

    @Override
    public void start(int totalTasks) {}

    @Override
    public void beginTask(String title, int totalWork) {}

    @Override
    public void update(int completed) {}

    @Override
    public void endTask() {}

    @Override
    public boolean isCancelled() {
      return builder.isInterrupted();
    }

    @Override
    public void showDuration(boolean enabled) {}
  }
}
