package hudson;

import hudson.model.Computer;
import hudson.remoting.VirtualChannel;
import java.io.File;
import java.io.IOException;
import java.io.Serializable;
import org.jenkinsci.remoting.RoleSensitive;
import org.jenkinsci.remoting.SerializableOnlyOverRemoting;

public final class FilePath implements SerializableOnlyOverRemoting {
  public <T> T act(FileCallable<T> callable) throws IOException, InterruptedException {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public String getRemote() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public Computer toComputer() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public interface FileCallable<T> extends Serializable, RoleSensitive {
    T invoke(File file, VirtualChannel channel) throws IOException, InterruptedException;
  }
}
