package hudson.util;

import java.util.ArrayList;

public class ListBoxModel extends ArrayList<ListBoxModel.Option> {
  public void add(String name, String value) {
    add(new Option(name, value));
  }

  public static final class Option {
    public String name;
    public String value;

    public Option(String name, String value) {
      this.name = name;
      this.value = value;
    }
  }
}
