using System.Collections.Immutable;
using System.Globalization;
using Ansatz.Sandbox;
using Ansatz.Sandbox.Syntax;

namespace Ansatz.Programs.Grammar;

/// <summary>Writes random expressions and statements of the subset, by type: what any signature needs.</summary>
/// <param name="signature">The hole, and the helpers that may be called.</param>
/// <param name="asked">Numbers that the hole is called with, for each number of its arguments: thresholds are among them.</param>
internal sealed class ProgramGrammar(HoleSignature signature, ImmutableArray<ImmutableArray<double>> asked)
{
    /// <summary>Share of thresholds among numbers that something is compared with.</summary>
    public const double Thresholds = 0.3;

    private static readonly ImmutableArray<BinaryOperator> Comparisons = [BinaryOperator.Less, BinaryOperator.LessOrEqual, BinaryOperator.Greater, BinaryOperator.GreaterOrEqual, BinaryOperator.Equal];
    private static readonly ImmutableArray<LibraryFunction> Curves = [LibraryFunction.Exp, LibraryFunction.Log, LibraryFunction.Sin, LibraryFunction.Cos, LibraryFunction.Tanh, LibraryFunction.Floor];

    /// <summary>A whole body for the hole: a loop over an array, where there is one; sometimes locals, more loops, an early return; in the end a result.</summary>
    public HoleSyntax Program(ValueList<Parameter> parameters, Rng rng)
    {
        Scope given = new([.. parameters.Select(p => new ScopeVariable(p.Type, p.Name, MayBeAssigned: p.Part is null))]), scope = given;
        List<Statement> body = [];
        ScopeVariable[] arrays = ArraysOf(given);
        int steps = arrays.Length > 0 ? rng.Next(2) : given.Of(HoleType.Int).Any() ? rng.Next(3) : Math.Max(0, rng.Next(6) - 4);
        if (arrays.Length > 0)
        {
            scope = Loop(body, scope, rng.Pick(arrays), rng); // what an array is good for is gathered from it
        }

        for (int i = 0; i < steps; i++)
        {
            scope = Add(body, scope, rng);
        }

        if (signature.Result.IsArray)
        {
            Return(body, scope, rng);
        }
        else
        {
            body.Add(new Return(Result(new(scope.Variables[given.Variables.Length..]), scope, rng)));
        }

        return new([new Method(signature.Result, signature.Name, parameters, new Block([.. body]))]);
    }

    // Of all there is, or of what the steps came to alone.
    private Expression Result(Scope gathered, Scope scope, Rng rng)
    {
        HoleType type = signature.Result;
        return gathered.Variables.Length == 0 || rng.Next(2) > 0 ? Expression(type, 2 + rng.Next(3), scope, rng)
            : gathered.Variables.Any(v => v.Type == type) || type == HoleType.Double || type == HoleType.Bool ? Expression(type, rng.Next(3), gathered, rng)
            : new Conversion(type, Read(rng.Pick<ScopeVariable>(gathered.Variables)));
    }

    /// <summary>Adds a step to a body: a local, a loop that sums, an early return, an assignment.</summary>
    /// <returns>The scope behind it.</returns>
    public Scope Add(List<Statement> body, Scope scope, Rng rng)
    {
        ScopeVariable[] arrays = ArraysOf(scope);
        ScopeVariable[] locals = [.. scope.Variables.Where(v => v.MayBeAssigned && !v.Type.IsArray)];
        ScopeVariable[] counts = [.. scope.Of(HoleType.Int).Where(v => v.Name[0] != '(' && !IsGathered(v.Name))]; // turning as often as a sum or an enum says is rarely meant
        switch (rng.Next(arrays.Length > 0 ? 8 : counts.Length > 0 ? 6 : 4))
        {
            case 0 when locals.Length > 0:
                {
                    ScopeVariable local = rng.Pick(locals);
                    Block then = new([new Evaluate(new Assign(new Variable(local.Type, local.Name), Expression(local.Type, 2, scope, rng)))]);
                    body.Add(new If(Expression(HoleType.Bool, 2, scope, rng), then, null));
                    return scope;
                }

            case 1 when !signature.Result.IsArray:
                body.Add(new If(Expression(HoleType.Bool, 2, scope, rng), new([new Return(Expression(signature.Result, 2, scope, rng))]), null));
                return scope;
            case >= 4:
                return Loop(body, scope, arrays.Length > 0 ? rng.Pick(arrays) : rng.Pick(counts), rng);
            default:
                {
                    HoleType type = rng.Next(4) == 0 ? HoleType.Int : HoleType.Double;
                    string name = Fresh(body, scope, "x");
                    body.Add(new Declare(type, name, Expression(type, 2, scope, rng)));
                    return scope.With(type, name);
                }
        }
    }

    /// <summary>A random expression.</summary>
    /// <param name="type">Its type: a number, bool, or an array of which a variable is in scope.</param>
    /// <param name="depth">How deep it may nest.</param>
    /// <param name="scope">What it may name.</param>
    /// <param name="rng">Its chance.</param>
    public Expression Expression(HoleType type, int depth, Scope scope, Rng rng)
    {
        if (type.IsArray)
        {
            return scope.Of(type).ToArray() is { Length: > 0 } arrays ? Read(rng.Pick(arrays)) : new NewArray(type, Literal.Of(1 + rng.Next(4)));
        }

        if (type == HoleType.Bool)
        {
            return Condition(depth, scope, rng);
        }

        if (depth <= 0 || rng.Next(6) == 0)
        {
            return Leaf(type, scope, rng);
        }

        if (signature.Offered.Where(o => o.Result == type).ToArray() is { Length: > 0 } offered && rng.Next(8) == 0)
        {
            OfferedHelper helper = rng.Pick(offered);
            return new HelperCall(type, helper.Name, [.. helper.Parameters.Select(p => Expression(p, depth - 1, scope, rng))]);
        }

        return type == HoleType.Double ? Real(depth - 1, scope, rng) : Whole(type, depth - 1, scope, rng);
    }

    /// <summary>A constant: mostly small whole numbers, now and then others over several orders of magnitude.</summary>
    public static Literal Constant(HoleType type, Rng rng)
    {
        double value = rng.Next(10) switch
        {
            < 5 => rng.Next(10),
            < 6 => rng.Pick((double[])[10, 20, 50, 100]),
            _ => Rounded(rng.NextGaussian() * Math.Pow(10, rng.Next(3) - 1)),
        };
        return Number(type, value);
    }

    /// <summary>By its share, where it is known what the hole is called with, a number that an argument has had, to three digits: what a comparison can tell apart lies between such numbers.</summary>
    public Literal? Threshold(HoleType type, Rng rng) => !asked.IsEmpty && rng.Next(10) < 10 * Thresholds ? Number(type, Rounded(rng.Pick(rng.Pick(asked)))) : null;

    /// <summary>The number of a type that is nearest to a value.</summary>
    public static Literal Number(HoleType type, double value) =>
        type == HoleType.Double ? Literal.Of(value)
        : type == HoleType.Bool ? Literal.Of(value >= 0.5)
        : type == HoleType.Int ? Literal.Of((int)Math.Round(value))
        : type == HoleType.Long ? Literal.Of((long)Math.Round(value))
        : type == HoleType.UInt ? Literal.Of((uint)Math.Max(0, Math.Round(value)))
        : Literal.Of((ulong)Math.Max(0, Math.Round(value)));

    /// <summary>Three significant digits: what a person can read.</summary>
    public static double Rounded(double value) => double.Parse(value.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static Expression Leaf(HoleType type, Scope scope, Rng rng)
    {
        List<Expression> variables = [.. scope.Of(type).Select(Read)];
        foreach (ScopeVariable variable in scope.Variables.Where(v => v.Type != type && v.Type != HoleType.Bool))
        {
            if (!variable.Type.IsArray && type == HoleType.Double)
            {
                variables.Add(new Conversion(type, Read(variable)));
            }
            else if (variable.Type.IsArray)
            {
                Expression length = new Length(Read(variable));
                if (type == HoleType.Int || type == HoleType.Double)
                {
                    variables.Add(As(type, length));
                }

                if (variable.Type.Element is { IsNumber: true } element && (element == type || type == HoleType.Double))
                {
                    int k = rng.Next(3);
                    Expression place = rng.Next(2) == 0 ? Literal.Of(k) : new Binary(BinaryOperator.Subtract, length, Literal.Of(k + 1));
                    variables.Add(As(type, new Element(Read(variable), place)));
                }
            }
        }

        return rng.Next(10) switch
        {
            < 2 when variables.Count > 1 && rng.Choose(2, variables.Count) is [int a, int b] => new Binary(BinaryOperator.Subtract, variables[a], variables[b]), // what lies between two things is a thing of its own
            < 7 when variables.Count > 0 => rng.Pick(variables),
            _ => Constant(type, rng),
        };
    }

    private Expression Real(int depth, Scope scope, Rng rng)
    {
        switch (rng.Next(24))
        {
            case < 4:
                return new Binary(BinaryOperator.Add, One(), One());
            case < 8:
                return new Binary(BinaryOperator.Subtract, One(), One());
            case < 11:
                return new Binary(BinaryOperator.Multiply, One(), One());
            case < 13:
                return new Binary(BinaryOperator.Divide, One(), One());
            case 13:
                return new LibraryCall(rng.Next(2) == 0 ? LibraryFunction.Min : LibraryFunction.Max, [One(), One()]);
            case 14:
                return new LibraryCall(LibraryFunction.Abs, [One()]);
            case 15:
                {
                    Expression x = One();
                    return rng.Next(2) == 0 ? new Binary(BinaryOperator.Multiply, x, x) : new LibraryCall(LibraryFunction.Sqrt, [new LibraryCall(LibraryFunction.Abs, [x])]);
                }

            case 16:
                return new LibraryCall(rng.Pick(Curves), [One()]);
            case < 19 when scope.Variables.Any(v => v.Type == HoleType.Int || v.Type.IsArray):
                return new Conversion(HoleType.Double, Expression(HoleType.Int, depth, scope, rng)); // remainders are of whole numbers
            default:
                return new Conditional(Condition(Math.Min(depth, 2), scope, rng), One(), One());
        }

        Expression One() => Expression(HoleType.Double, depth, scope, rng);
    }

    private Expression Whole(HoleType type, int depth, Scope scope, Rng rng)
    {
        switch (rng.Next(16))
        {
            case < 4:
                return new Binary(BinaryOperator.Add, One(), One());
            case < 7:
                return new Binary(BinaryOperator.Subtract, One(), One());
            case < 9:
                return new Binary(BinaryOperator.Multiply, One(), One());
            case < 11:
                return new Binary(BinaryOperator.Remainder, One(), Number(type, Divisor(rng)));
            case 11:
                return new Binary(BinaryOperator.Divide, One(), Number(type, Divisor(rng)));
            case 12:
                return new LibraryCall(rng.Next(2) == 0 ? LibraryFunction.Min : LibraryFunction.Max, [One(), One()]);
            case 13 when scope.Of(HoleType.Double).Any():
                return new Conversion(type, Expression(HoleType.Double, depth, scope, rng));
            default:
                return new Conditional(Condition(Math.Min(depth, 2), scope, rng), One(), One());
        }

        Expression One() => Expression(type, depth, scope, rng);
    }

    private Expression Condition(int depth, Scope scope, Rng rng)
    {
        if (depth > 1 && rng.Next(depth > 2 ? 2 : 4) == 0)
        {
            return rng.Next(5) switch
            {
                0 => new Unary(UnaryOperator.Not, Condition(depth - 1, scope, rng)),
                1 or 2 => new Binary(BinaryOperator.AndAlso, Condition(depth - 1, scope, rng), Condition(depth - 1, scope, rng)),
                _ => new Binary(BinaryOperator.OrElse, Condition(depth - 1, scope, rng), Condition(depth - 1, scope, rng)),
            };
        }

        ScopeVariable[] bools = [.. scope.Of(HoleType.Bool)];
        if (bools.Length > 0 && rng.Next(3) == 0)
        {
            return Read(rng.Pick(bools));
        }

        // Compare what there is: whole numbers where there are no others.
        HoleType[] types = [.. scope.Variables.Select(v => v.Type).Where(t => t.IsNumber).DefaultIfEmpty(HoleType.Double)];
        HoleType type = rng.Pick(types);
        if (type != HoleType.Double && rng.Next(4) == 0)
        {
            int divisor = Divisor(rng);
            return new Binary(BinaryOperator.Equal, new Binary(BinaryOperator.Remainder, Leaf(type, scope, rng), Number(type, divisor)), Number(type, rng.Next(2) * rng.Next(divisor))); // mostly: can it be divided?
        }

        return new Binary(rng.Pick(Comparisons), Side(), Threshold(type, rng) ?? Side());

        Expression Side() => Expression(type, rng.Next(Math.Clamp(depth, 1, 2)), scope, rng); // often a variable or a constant
    }

    // Small ones above all.
    private static int Divisor(Rng rng) => 2 + Math.Min(rng.Next(9), rng.Next(9));

    // double s = 0; for (int i = 0; i < a.Length; i++) { s += something of a[i], its neighbours and i; } or, over a whole number, for (int i = 0; i < n; i++) { s += something of i; }
    private Scope Loop(List<Statement> body, Scope scope, ScopeVariable over, Rng rng)
    {
        HoleType type = rng.Next(4) == 0 ? HoleType.Int : HoleType.Double;
        string sum = Fresh(body, scope, "s"), i = Fresh(body, scope, "i");
        Expression length = over.Type.IsArray ? new Length(Read(over)) : Read(over), index = new Variable(HoleType.Int, i);
        List<Statement> turn = [];
        Scope inner = scope.With(type, sum).With(HoleType.Int, i, mayBeAssigned: false);
        if (over.Type.Element is { } element)
        {
            string item = Fresh(body, scope, "v"), other = Fresh(body, scope, "w");
            turn.Add(new Declare(element, item, new Element(Read(over), index)));
            inner = inner.With(element, item);
            if (rng.Next(2) == 0)
            {
                Expression place = rng.Next(2) == 0
                    ? new Binary(BinaryOperator.Remainder, new Binary(BinaryOperator.Add, index, Literal.Of(1 + rng.Next(3))), length)
                    : new Binary(BinaryOperator.Subtract, new Binary(BinaryOperator.Subtract, length, Literal.Of(1)), index);
                turn.Add(new Declare(element, other, new Element(Read(over), place)));
                inner = inner.With(element, other);
            }
        }

        Scope own = new([.. inner.Variables[scope.Variables.Length..].Where(v => v.Name != sum)]); // of what is new in each turn alone
        ScopeVariable[] entries = [.. own.Variables.Where(v => v.Type.IsNumber)];
        Expression target = new Variable(type, sum), gathered = Expression(type, rng.Next(3), rng.Next(2) == 0 ? own : inner, rng);
        if (gathered is Literal)
        {
            gathered = As(type, Read(rng.Pick(entries)));
        }

        turn.Add(rng.Next(6) switch
        {
            < 2 => new If(Question(), new([new Evaluate(new CompoundAssign(BinaryOperator.Add, target, rng.Next(2) == 0 ? Number(type, 1) : gathered))]), null),
            2 => new Evaluate(new Assign(target, new LibraryCall(rng.Next(2) == 0 ? LibraryFunction.Min : LibraryFunction.Max, [target, gathered]))),
            _ => new Evaluate(new CompoundAssign(BinaryOperator.Add, target, gathered)),
        });
        body.Add(new Declare(type, sum, Number(type, 0)));
        body.Add(new For(
            [new Declare(HoleType.Int, i, Literal.Of(0))],
            new Binary(BinaryOperator.Less, index, length),
            [new Evaluate(new Step(IsIncrement: true, IsPrefix: false, index))],
            new([.. turn])));
        return scope.With(type, sum);

        // Mostly a comparison of an entry with something else.
        Expression Question()
        {
            ScopeVariable entry = rng.Pick(entries);
            return rng.Next(3) == 0 ? Condition(2, inner, rng) : new Binary(rng.Pick(Comparisons), Read(entry), Threshold(entry.Type, rng) ?? Expression(entry.Type, rng.Next(2), inner, rng));
        }
    }

    // An array result: every element on its own.
    private void Return(List<Statement> body, Scope scope, Rng rng)
    {
        HoleType type = signature.Result, element = type.Element!;
        ScopeVariable[] arrays = [.. scope.Variables.Where(v => v.Type.IsArray)];
        Expression length = arrays.Length > 0 ? new Length(Read(rng.Pick(arrays))) : Expression(HoleType.Int, 1, scope, rng);
        string result = Fresh(body, scope, "r"), i = Fresh(body, scope, "i");
        Expression index = new Variable(HoleType.Int, i), target = new Variable(type, result);
        Scope inner = scope.With(HoleType.Int, i, mayBeAssigned: false);
        body.Add(new Declare(type, result, new NewArray(type, length)));
        body.Add(new For(
            [new Declare(HoleType.Int, i, Literal.Of(0))],
            new Binary(BinaryOperator.Less, index, new Length(target)),
            [new Evaluate(new Step(IsIncrement: true, IsPrefix: false, index))],
            new([new Evaluate(new Assign(new Element(target, index), Expression(element, 3, inner, rng)))])));
        body.Add(new Return(target));
    }

    private static string Fresh(List<Statement> body, Scope scope, string stem) =>
        Names.Fresh(stem, (HashSet<string>)[.. scope.Variables.Select(v => Names.Root(v.Name)), .. body.SelectMany(Names.Declared)]);

    private static ScopeVariable[] ArraysOf(Scope scope) => [.. scope.Variables.Where(v => v.Type.Element is { IsArray: false })];

    // s1, v2, w1: a sum or an entry in a loop of ours.
    private static bool IsGathered(string name) => name[0] is 's' or 'v' or 'w' && name.Length > 1 && name.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;

    private static Expression As(HoleType type, Expression value) => value.Type == type ? value : new Conversion(type, value);

    private static Variable Read(ScopeVariable variable) => new(variable.Type, variable.Name);
}
