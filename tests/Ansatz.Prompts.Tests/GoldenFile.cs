using System.Reflection;

namespace Ansatz.Prompts.Tests;

/// <summary>Texts that a person has read, in Expectations. Where one differs, what came is written beside the test's assembly, to be looked at and copied.</summary>
internal static class GoldenFile
{
    public static void Equal(string name, string actual)
    {
        using Stream? file = Assembly.GetExecutingAssembly().GetManifestResourceStream(name);
        string expected = file is null ? "" : new StreamReader(file).ReadToEnd();
        if (expected != actual)
        {
            string path = Path.Combine(AppContext.BaseDirectory, "Came", name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        Assert.Equal(expected, actual);
    }
}
