package hudson;

public class ExtensionList<T> {
  public static <U> U lookupSingleton(Class<U> type) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }
}
