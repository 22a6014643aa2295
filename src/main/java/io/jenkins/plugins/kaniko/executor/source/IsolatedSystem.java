package io.jenkins.plugins.kaniko.executor.source;

import java.io.File;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.storage.file.WindowCacheConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

/**
 * JGit without the machine's git: neither the configuration of the system or the user is read, nor
 * a variable of the environment, and no program is run to find them.
 */
final class IsolatedSystem extends SystemReader.Delegate {
  private static final int LARGE_OBJECT = 8 << 20;
  private static boolean installed;

  private IsolatedSystem() {
    super(SystemReader.getInstance());
  }

  static synchronized void install() {
    if (!installed) {
      SystemReader.setInstance(new IsolatedSystem());
      WindowCacheConfig cache = new WindowCacheConfig();
      cache.setStreamFileThreshold(LARGE_OBJECT);
      cache.install();
      installed = true;
    }
  }

  @Override
  public String getenv(String variable) {
    return null;
  }

  @Override
  public FileBasedConfig openUserConfig(Config parent, FS fs) {
    return new EmptyConfig(parent, fs);
  }

  @Override
  public FileBasedConfig openSystemConfig(Config parent, FS fs) {
    return new EmptyConfig(parent, fs);
  }

  @Override
  public FileBasedConfig openJGitConfig(Config parent, FS fs) {
    return new EmptyConfig(parent, fs);
  }

  private static final class EmptyConfig extends FileBasedConfig {
    EmptyConfig(Config parent, FS fs) {
      super(parent, new File("/dev/null"), fs);
    }

    @Override
    public void load() {}

    @Override
    public void save() {}

    @Override
    public long getTimeUnit(
        String section, String subsection, String name, long standard, TimeUnit unit) {
      // Known, or JGit would measure it with files beside those that it writes.
      return section.equals("filesystem")
          ? unit.convert(1, TimeUnit.MILLISECONDS)
          : super.getTimeUnit(section, subsection, name, standard, unit);
    }

    @Override
    public boolean isOutdated() {
      return false;
    }
  }
}
