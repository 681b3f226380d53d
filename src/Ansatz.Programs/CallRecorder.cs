using System.Collections.Immutable;
using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using System.Text;
using Ansatz.Sandbox;

namespace Ansatz.Programs;

/// <summary>A call of a hole by its scorer.</summary>
/// <param name="Asked">With what, in the order of the hole's arguments, as text: numbers to the bit.</param>
/// <param name="Answer">What came back; none where the call ended without a result.</param>
public sealed record HoleCall(string Asked, string? Answer);

/// <summary>Stands between a scorer and a candidate, and keeps what the one asks and the other answers. Not thread-safe.</summary>
/// <typeparam name="TDelegate">The hole's type.</typeparam>
internal sealed class CallRecorder<TDelegate>(HoleSignature signature)
    where TDelegate : Delegate
{
    private const int MostCharacters = 20_000_000; // of text that is kept

    private static readonly Func<CallRecorder<TDelegate>, TDelegate, TDelegate> Between = Compile();

    private readonly List<HoleCall> _calls = [];
    private int _characters;
    private string? _asked; // without an answer so far

    /// <summary>Whether there were too many calls to keep them all.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The calls, in their order; the first of them where there were too many to keep.</summary>
    public ImmutableArray<HoleCall> Calls => [.. _calls, .. _asked is { } open ? [new HoleCall(open, null)] : ReadOnlySpan<HoleCall>.Empty];

    /// <summary>A candidate whose calls are kept, from now on; those of another are forgotten.</summary>
    public TDelegate Around(TDelegate candidate)
    {
        _calls.Clear();
        (_characters, _asked, IsCut) = (0, null, false);
        return Between(this, candidate);
    }

    // (recorder, candidate) => (p0, p1, ...) => { recorder.Ask([p0, p1, ...]); return recorder.Keep(candidate(p0, p1, ...)); }
    private static Func<CallRecorder<TDelegate>, TDelegate, TDelegate> Compile()
    {
        MethodInfo invoke = typeof(TDelegate).GetMethod("Invoke")!;
        ParameterExpression recorder = Expression.Parameter(typeof(CallRecorder<TDelegate>)), candidate = Expression.Parameter(typeof(TDelegate));
        ParameterExpression[] parameters = [.. invoke.GetParameters().Select(p => Expression.Parameter(p.ParameterType))];
        MethodCallExpression Call(string name, Expression argument) => Expression.Call(recorder, typeof(CallRecorder<TDelegate>).GetMethod(name, BindingFlags.Instance | BindingFlags.NonPublic)!, argument);
        Expression asked = Call(nameof(Ask), Expression.NewArrayInit(typeof(object), parameters.Select(p => Expression.Convert(p, typeof(object)))));
        Expression answer = Call(nameof(Keep), Expression.Convert(Expression.Invoke(candidate, parameters), typeof(object)));
        LambdaExpression between = Expression.Lambda<TDelegate>(Expression.Block(asked, Expression.Convert(answer, invoke.ReturnType)), parameters);
        return Expression.Lambda<Func<CallRecorder<TDelegate>, TDelegate, TDelegate>>(between, recorder, candidate).Compile();
    }

    private void Ask(object[] arguments)
    {
        if (_asked is { } failed)
        {
            _calls.Add(new(failed, null)); // the scorer goes on behind a failure
        }

        IsCut |= _characters >= MostCharacters;
        _asked = IsCut ? null : string.Join(", ", signature.Arguments.Zip(arguments, Text));
    }

    private object Keep(object answer)
    {
        if (_asked is { } asked)
        {
            string text = Text(answer);
            _calls.Add(new(asked, text));
            _characters += asked.Length + text.Length;
            _asked = null;
        }

        return answer;
    }

    // A type of the user's is what crosses of it.
    private static string Text(HoleArgument argument, object value) => argument.IsRead && !argument.Clr.IsPrimitive
        ? $"{argument.TypeName} {{ {string.Join(", ", argument.Components.Select(c => $"{c.Path.TrimStart('.')} {Text(c.Members.Aggregate((object?)value, Part))}".TrimStart()))} }}"
        : Text(value);

    private static object? Part(object? whole, MemberInfo member) => member is FieldInfo field ? field.GetValue(whole) : ((PropertyInfo)member).GetValue(whole);

    private static string Text(object? value) => value switch
    {
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        bool truth => truth ? "true" : "false",
        Array array => new StringBuilder("[").AppendJoin(", ", array.Cast<object?>().Select(Text)).Append(']').ToString(),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "null",
    };
}
