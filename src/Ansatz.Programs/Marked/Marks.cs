using System.Runtime.CompilerServices;

namespace Ansatz.Programs;

/// <summary>Marks the method that is left open: static, of numbers, bools, arrays of those, and enums, structs and records of these. Its body is the start program.</summary>
/// <param name="file">Filled in by the compiler: the body is read from this file.</param>
/// <param name="line">Filled in by the compiler.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OpenAttribute([CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Attribute
{
    /// <summary>What the hole is for, in a sentence or two: shown to a model that writes programs.</summary>
    public string Purpose { get; init; } = "";

    /// <summary>Where the method stands.</summary>
    public string File => file;

    /// <summary>On which line the mark stands.</summary>
    public int Line => line;
}

/// <summary>Marks a method of the hole's own type that anyone would try first: a control, judged beside what is found.</summary>
/// <param name="name">What it is called in tables: "first fit".</param>
/// <param name="file">Filled in by the compiler: the body is read from this file.</param>
/// <param name="line">Filled in by the compiler.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RuleAttribute(string name, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Attribute
{
    /// <summary>What it is called.</summary>
    public string Name => name;

    /// <summary>Where the method stands.</summary>
    public string File => file;

    /// <summary>On which line the mark stands.</summary>
    public int Line => line;
}

/// <summary>Marks a static method of numbers and bools that a candidate may call. It runs outside the sandbox, with whatever numbers a candidate likes.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OfferedAttribute : Attribute
{
    /// <summary>What a call costs in fuel: about the nanoseconds that it takes. Default 100.</summary>
    public int Fuel { get; init; } = 100;
}

/// <summary>Marks the scorer: a static method that takes the hole as a delegate and one input, and returns a number or a <see cref="ProgramScore"/>, higher being better.</summary>
/// <param name="file">Filled in by the compiler.</param>
/// <param name="line">Filled in by the compiler.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ScoreAttribute([CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Attribute
{
    /// <summary>Where the method stands.</summary>
    public string File => file;

    /// <summary>On which line the mark stands.</summary>
    public int Line => line;

    /// <summary>What the score is. Default real.</summary>
    public Scale Scale { get; init; } = Scale.Real;

    /// <summary>What the inputs are called in a sentence, in the plural. Default "inputs".</summary>
    public string Noun { get; init; } = "inputs";

    /// <summary>Change it whenever the scorer, or what it calls, gives other scores: a study does not go on under another version. Default "1".</summary>
    public string Version { get; init; } = "1";
}

/// <summary>Marks a static method without parameters that gives the inputs of a split, the same ones whenever it is called.</summary>
/// <param name="split">Which split.</param>
/// <param name="file">Filled in by the compiler.</param>
/// <param name="line">Filled in by the compiler.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class InputsAttribute(Split split, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Attribute
{
    /// <summary>Where the method stands.</summary>
    public string File => file;

    /// <summary>On which line the mark stands.</summary>
    public int Line => line;

    /// <summary>Which split.</summary>
    public Split Split => split;
}
