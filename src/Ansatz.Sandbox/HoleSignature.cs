using System.Collections.Immutable;
using System.Reflection;

namespace Ansatz.Sandbox;

/// <summary>What a candidate has to be: the method that the host calls, and the host's helpers that it may call. Immutable.</summary>
public sealed class HoleSignature
{
    /// <summary>A hole of this name and these types.</summary>
    /// <param name="name">The method that a candidate has to define.</param>
    /// <param name="result">What it returns: not <see cref="HoleType.Void"/>.</param>
    /// <param name="parameters">What it takes. The candidate names its own parameters.</param>
    /// <param name="offered">The host's helpers, called by their plain names.</param>
    /// <exception cref="InputException">A name is no identifier or is used twice, or the hole returns nothing.</exception>
    public HoleSignature(string name, HoleType result, IEnumerable<HoleType> parameters, IEnumerable<OfferedHelper>? offered = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(parameters);
        (Name, Result, Parameters, Offered) = (name, result, [.. parameters], [.. offered ?? []]);
        if (result == HoleType.Void)
        {
            throw new InputException($"The hole {name} returns nothing: the host could not see what it did. It has to return a number, bool or an array of those.");
        }

        HashSet<string> names = [];
        foreach (string each in Offered.Select(o => o.Name).Prepend(name))
        {
            if (!OfferedHelper.IsName(each) || !names.Add(each))
            {
                throw new InputException($"'{each}' cannot be the name of a hole or of an offered helper: it has to be an ASCII identifier, no word of C#, used once.");
            }
        }
    }

    /// <summary>The method that a candidate has to define.</summary>
    public string Name { get; }

    /// <summary>What it returns.</summary>
    public HoleType Result { get; }

    /// <summary>What it takes.</summary>
    public ImmutableArray<HoleType> Parameters { get; }

    /// <summary>The host's helpers that a candidate may call.</summary>
    public ImmutableArray<OfferedHelper> Offered { get; }

    /// <summary>The hole that a delegate type describes.</summary>
    /// <exception cref="InputException">A type of the delegate cannot cross.</exception>
    public static HoleSignature Of<TDelegate>(string name, params IEnumerable<OfferedHelper> offered)
        where TDelegate : Delegate
    {
        MethodInfo invoke = typeof(TDelegate).GetMethod("Invoke")!;
        string place = $"The hole {name}";
        return new(name, OfferedHelper.Crossing(invoke.ReturnType, place), invoke.GetParameters().Select(p => OfferedHelper.Crossing(p.ParameterType, place)), offered);
    }
}
