using System.Text.Json;

namespace Ansatz.Tests;

/// <summary>Values that SciPy 1.17.1 gave, in scipy-reference.json beside this file.</summary>
internal static class SciPyReference
{
    public static JsonElement Section(string name)
    {
        using Stream file = typeof(SciPyReference).Assembly.GetManifestResourceStream("scipy-reference.json")!;
        using JsonDocument document = JsonDocument.Parse(file);
        return document.RootElement.GetProperty(name).Clone();
    }

    public static double[] Doubles(this JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetDouble())];
}
