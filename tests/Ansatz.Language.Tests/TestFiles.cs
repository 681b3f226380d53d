using System.Text;

namespace Ansatz.Language.Tests;

/// <summary>Files for tests: the samples, and temporary ones that go away.</summary>
internal static class TestFiles
{
    public static string Sample(string name) => Path.Combine(AppContext.BaseDirectory, "Samples", name);

    public static Dataset Reviews() => Dataset.FromCsv(Sample("reviews.csv"), input: "text", answer: "label");

    public static Dataset Bank6() => Dataset.FromCsv(Sample("bank6.csv"), input: "text", answer: "intent");

    public static T With<T>(string content, Func<string, T> use, string name = "data.csv", Encoding? encoding = null) =>
        With([.. (encoding ?? new UTF8Encoding(false)).GetPreamble(), .. (encoding ?? new UTF8Encoding(false)).GetBytes(content)], use, name);

    public static T With<T>(byte[] content, Func<string, T> use, string name = "data.csv")
    {
        string folder = Directory.CreateTempSubdirectory("ansatz-").FullName;
        try
        {
            string path = Path.Combine(folder, name);
            File.WriteAllBytes(path, content);
            return use(path);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
