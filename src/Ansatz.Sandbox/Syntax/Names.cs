namespace Ansatz.Sandbox.Syntax;

/// <summary>The names that variables and methods of a candidate may have.</summary>
internal static class Names
{
    // No words of C# by themselves, but places are where the parser or the binder takes them for something else; and what a candidate calls or stands in.
    private static readonly HashSet<string> Reserved =
    [
        "_", "and", "async", "await", "dynamic", "extension", "field", "file", "from", "global", "init", "managed", "nameof", "nint", "not", "notnull", "nuint", "or", "partial", "record",
        "required", "scoped", "unmanaged", "var", "when", "where", "with", "yield", "Candidate", "Math", "System",
    ];

    /// <summary>Whether it means nothing but itself.</summary>
    public static bool IsFree(string name) => OfferedHelper.IsName(name) && !Reserved.Contains(name);

    /// <summary>The name, with a number behind it if it is not free; it is taken then.</summary>
    public static string Fresh(string wanted, HashSet<string> taken)
    {
        string name = wanted;
        for (int n = 2; !IsFree(name) || !taken.Add(name); n++)
        {
            name = $"{wanted}{n}";
        }

        return name;
    }
}
