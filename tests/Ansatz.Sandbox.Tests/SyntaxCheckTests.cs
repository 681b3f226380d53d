using Ansatz.Sandbox.Syntax;

namespace Ansatz.Sandbox.Tests;

/// <summary>A tree that a program put together is a candidate only where its text is one: the check and the reader, which asks Roslyn, have to agree.</summary>
public sealed class SyntaxCheckTests
{
    private static readonly HoleSignature Ints = HoleSignature.Of<Func<int, int>>("F");

    // Breaks random programs in every way that types let through, and has both judge what comes out.
    [Fact]
    public void Check_BrokenRandomPrograms_PassesOnlyWhatTheReaderReadsAsTheSame()
    {
        HoleCompiler compiler = new(RandomProgram.Signature, RandomSyntax.Limits);
        (int passed, int refused, int refusedByBoth) = (0, 0, 0);
        List<string> disagreements = [];
        for (int i = 0; i < 500; i++)
        {
            Rng rng = new(seed: 5, "broken programs", i);
            HoleSyntax syntax = RandomSyntax.Tree(rng.Next(60));
            HoleSyntax broken = (HoleSyntax)Break(syntax, RandomSyntax.Tree(rng.Next(60)), rng);
            if (rng.Next(2) == 0)
            {
                broken = broken.Folded();
            }

            string? fault = compiler.Check(broken);
            string text = Text(broken);
            bool isRead = compiler.TryRead(text, out HoleSyntax? again, out IReadOnlyList<Refusal> refusals);
            if (fault is null && !(isRead && broken == again))
            {
                disagreements.Add($"Program {i} passes, but: {string.Join('\n', refusals)}\n{text}\n{again}");
            }

            passed += fault is null ? 1 : 0;
            refused += fault is null ? 0 : 1;
            refusedByBoth += fault is null || isRead ? 0 : 1;
        }

        Assert.Equal([], disagreements);
        TestContext.Current.TestOutputHelper?.WriteLine($"{passed} passed, {refused} refused, {refusedByBoth} of them by the reader too");
        Assert.True(passed > 100 && refusedByBoth > 100, $"{passed} passed, {refused} refused, {refusedByBoth} of them by the reader too");
    }

    [Fact]
    public void Check_WhatCSharpRefuses_SaysWhy()
    {
        Variable x = new(HoleType.Int, "x"), y = new(HoleType.Int, "y");
        Literal one = Literal.Of(1), two = Literal.Of(2);
        Return result = new(x);
        (string Reason, Statement[] Body)[] cases =
        [
            ("There is no int y here", [new Return(y)]),
            ("There is no double x here", [new Evaluate(new Assign(new Variable(HoleType.Double, "x"), Literal.Of(1.5))), result]),
            ("does not take a int and a double", [new Return(new Binary(BinaryOperator.Add, x, Literal.Of(1.5)))]),
            ("1 + 2 is a constant", [new Return(new Binary(BinaryOperator.Add, one, two))]),
            ("1 / 0 has no value", [new Return(new Binary(BinaryOperator.Divide, one, Literal.Of(0)))]),
            ("cannot be called x", [new Declare(HoleType.Int, "x", one), result]),
            ("cannot be called F", [new Declare(HoleType.Int, "F", one), result]),
            ("cannot be called Math", [new Declare(HoleType.Int, "Math", one), result]),
            ("cannot be called y; }", [new Declare(HoleType.Int, "y; }", one), result]),
            ("There is no int y here", [new If(Literal.Of(true), new([new Declare(HoleType.Int, "y", one)]), null), new Return(y)]),
            ("y is read before it has a value", [new Declare(HoleType.Int, "y", null), new Return(y)]),
            ("y is read before it has a value", [new Declare(HoleType.Int, "y", null), new While(new Binary(BinaryOperator.Less, x, two), new([new Evaluate(new Assign(y, one)), new Break()])), new Return(y)]),
            ("Not every path of F returns", []),
            ("Not every path of F returns", [new If(new Binary(BinaryOperator.Less, x, two), new([result]), null)]),
            ("A break stands outside", [new Break(), result]),
            ("A continue stands outside", [new Switch(x, [new([], true, new([new Continue()]))]), result]),
            ("1 never matches", [new Return(new SwitchExpression(x, [new(new RelationalPattern(BinaryOperator.Less, two), null, one), new(new ConstantPattern(one), null, one)], two))]),
            ("leave nothing for _", [new Return(new SwitchExpression(x, [new(new RelationalPattern(BinaryOperator.Less, two), null, one), new(new RelationalPattern(BinaryOperator.GreaterOrEqual, two), null, one)], two))]),
            ("never matches", [new Evaluate(new Assign(x, new Conditional(new IsPattern(x, new NotPattern(new OrPattern(new ConstantPattern(one), new NotPattern(new ConstantPattern(one))))), one, two))), result]),
            ("_ is no pattern", [new Return(new Conditional(new IsPattern(x, new AnyPattern()), one, two))]),
            ("falls through", [new Switch(x, [new([new(new ConstantPattern(one), null)], false, new([new Evaluate(new Step(true, true, x))]))]), result]),
            ("the variable of a foreach", [new ForEach(HoleType.Int, "y", new NewArray(HoleType.Int.ToArray(), two), new([new Evaluate(new Step(true, false, y))])), result]),
            ("no method for the call G(x)", [new Return(new Call(HoleType.Int, "G", [x]))]),
            ("no helper for the call G(x)", [new Return(new HelperCall(HoleType.Int, "G", [x]))]),
            ("Math.Max takes 2 arguments", [new Return(new LibraryCall(LibraryFunction.Max, [x]))]),
            ("can be a statement", [new Evaluate(new Binary(BinaryOperator.Add, x, one)), result]),
            ("F has to return a int", [new Return(null)]),
            ("negative size", [new Return(new Length(new NewArray(HoleType.Int.ToArray(), Literal.Of(-1))))]),
            ("cannot be assigned to", [new Evaluate(new Assign(one, x)), result]),
            ("_ has no value", [new Return(new Discard(HoleType.Int))]),
            ("No int has the bits", [new Return(new Literal(HoleType.Int, 1L << 40))]),
            ("methods; 9 are allowed", []),
            ("cannot be called G", [result]),
            ("The first method has to be static int F(int)", [result]),
        ];
        HoleCompiler compiler = new(Ints);
        foreach ((string reason, Statement[] body) in cases)
        {
            Method hole = new(HoleType.Int, "F", [new(HoleType.Int, "x")], new([.. body]));
            Method other = hole with { Name = "G" };
            HoleSyntax syntax = reason[..6] switch
            {
                "method" => new([hole, .. Enumerable.Repeat(other, 9)]),
                "cannot" when reason.EndsWith('G') => new([hole, other, other]),
                "The fi" => new([other]),
                _ => new([hole]),
            };

            Assert.Contains(reason, compiler.Check(syntax) ?? "nothing", StringComparison.Ordinal);
            Assert.Contains(reason, Assert.Throws<ArgumentException>(() => compiler.Compile(syntax)).Message, StringComparison.Ordinal);
            Assert.False(compiler.TryRead(syntax.ToString(), out HoleSyntax? again, out _) && again == syntax, $"{syntax}\nis read all the same.");
        }
    }

    // Anything may be nested deep by a program: it is refused before anything recurses too far, and what is just passed the reader takes.
    [Fact]
    public void Check_DeepestTreesThatPass_AreRead()
    {
        HoleCompiler compiler = new(Ints, RandomSyntax.Limits);
        Variable x = new(HoleType.Int, "x");
        Binary isSmall = new(BinaryOperator.Less, x, Literal.Of(3));
        Func<Expression, Expression>[] expressions =
        [
            e => new Unary(UnaryOperator.Negate, e),
            e => new Unary(UnaryOperator.Complement, e),
            e => new Binary(BinaryOperator.Add, e, x),
            e => new Binary(BinaryOperator.Multiply, new Binary(BinaryOperator.Add, e, x), x),
            e => new Binary(BinaryOperator.Add, x, e),
            e => new Conditional(isSmall, x, e),
            e => new Conditional(isSmall, e, x),
            e => new LibraryCall(LibraryFunction.Abs, [e]),
            e => new Element(new ArrayLiteral(HoleType.Int.ToArray(), [e, x]), e is Variable ? x : Literal.Of(1)),
            e => new Conversion(HoleType.Int, new Conversion(HoleType.Double, e)),
            e => new Assign(x, e),
            e => new CompoundAssign(BinaryOperator.Add, x, e),
            e => new SwitchExpression(e, [new(new NotPattern(new ConstantPattern(Literal.Of(-2))), isSmall, x)], e is Variable ? x : Literal.Of(1)),
            e => new SwitchExpression(x, [new(new ConstantPattern(Literal.Of(1)), null, e)], x),
            e => new Length(new NewArray(HoleType.Int.ToArray(), e)),
            e => new Conditional(new IsPattern(e, new RelationalPattern(BinaryOperator.Greater, Literal.Of(int.MaxValue - 1))), x, x),
        ];
        Func<Statement, Statement>[] statements =
        [
            s => new If(isSmall, new([s]), null),
            s => new If(isSmall, new([]), new([s])),
            s => new While(isSmall, new([s])),
            s => new DoWhile(new([s]), isSmall),
            s => new For([], null, [], new([s, new Break()])),
            s => new Switch(x, [new([], true, new([s, new Break()]))]),
        ];
        foreach (Func<Expression, Expression> wrap in expressions)
        {
            Deepest(depth => new Return(Enumerable.Range(0, depth).Aggregate((Expression)x, (e, _) => wrap(e))));
        }

        foreach (Func<Statement, Statement> wrap in statements)
        {
            Deepest(depth => Enumerable.Range(0, depth).Aggregate((Statement)new Evaluate(new Step(true, true, x)), (s, _) => wrap(s)));
        }

        void Deepest(Func<int, Statement> nested)
        {
            int depth = 20;
            while (compiler.Check(Nested(depth + 1)) is null)
            {
                depth++;
            }

            Assert.InRange(depth, 20, 200);
            Assert.True(compiler.TryRead(Nested(depth).ToString(), out HoleSyntax? again, out IReadOnlyList<Refusal> refusals), $"{string.Join('\n', refusals)}\n{Nested(depth)}");
            Assert.Equal(Nested(depth), again);
            Assert.NotNull(compiler.Check(Nested(1000)));

            HoleSyntax Nested(int depth) => new([new Method(HoleType.Int, "F", [new(HoleType.Int, "x")], new([nested(depth), .. nested(depth) is Return ? ValueList.Of<Statement>([]) : [new Return(x)]]))]);
        }
    }

    [Fact]
    public void Check_BeyondTheLimits_Refused()
    {
        Variable x = new(HoleType.Int, "x");
        HoleSyntax syntax = new([new Method(HoleType.Int, "F", [new(HoleType.Int, "x")], new([new Return(new Binary(BinaryOperator.Add, x, new Binary(BinaryOperator.Multiply, x, new Binary(BinaryOperator.Add, x, Literal.Of(7)))))]))]);
        SourceSize size = SourceSize.Of(syntax.ToString());
        HoleLimits exact = new() { SourceCharacters = size.Characters, Tokens = size.Tokens, Nesting = size.Nesting };
        Expression doubled = Enumerable.Range(0, 60).Aggregate((Expression)x, (e, _) => new Binary(BinaryOperator.Add, e, e)); // 2^60 nodes, were they written out

        Assert.Null(new HoleCompiler(Ints, exact).Check(syntax));
        Assert.True(new HoleCompiler(Ints, exact).TryRead(syntax.ToString(), out _, out _));
        Assert.Contains("characters", new HoleCompiler(Ints, exact with { SourceCharacters = size.Characters - 1 }).Check(syntax), StringComparison.Ordinal);
        Assert.Contains("tokens", new HoleCompiler(Ints, exact with { Tokens = size.Tokens - 1 }).Check(syntax), StringComparison.Ordinal);
        Assert.Contains("brackets", new HoleCompiler(Ints, exact with { Nesting = size.Nesting - 1 }).Check(syntax), StringComparison.Ordinal);
        Assert.Contains("nodes", new HoleCompiler(Ints).Check(new([new Method(HoleType.Int, "F", [new(HoleType.Int, "x")], new([new Return(doubled)]))])), StringComparison.Ordinal);
    }

    [Fact]
    public void SourceSize_RandomPrograms_CountsTokensAsRoslynDoes()
    {
        for (int i = 0; i < 60; i++)
        {
            string text = RandomSyntax.Tree(i).ToString();

            Assert.Equal(Microsoft.CodeAnalysis.CSharp.SyntaxFactory.ParseTokens(text).Count(), SourceSize.Of(text).Tokens);
        }
    }

    /// <summary>One node replaced by another of its kind, from anywhere, or a statement left out, repeated or moved.</summary>
    internal static Node Break(HoleSyntax syntax, HoleSyntax other, Rng rng)
    {
        Node[] nodes = [.. RandomSyntax.Nodes(syntax)];
        Node[] donors = [.. nodes, .. RandomSyntax.Nodes(other)];
        Node target = rng.Pick(nodes);
        Node replacement = target switch
        {
            Block { Statements: { Count: > 0 } statements } => new Block([.. Shuffled(statements, rng)]),
            Variable variable when rng.Next(3) == 0 => variable with { Name = rng.Pick(donors.OfType<Variable>().ToArray()).Name },
            Declare declare when rng.Next(2) == 0 => declare with { Name = rng.Pick(donors.OfType<Declare>().ToArray()).Name, Value = rng.Next(3) == 0 ? null : declare.Value },
            Binary binary when rng.Next(2) == 0 => binary with { Operator = (BinaryOperator)rng.Next(19) },
            Literal literal when rng.Next(2) == 0 => new Literal(literal.Type, rng.Next(3) - (literal.Type == HoleType.Int ? 1 : 0)),
            Expression expression => rng.Pick(donors.OfType<Expression>().Where(e => rng.Next(10) == 0 || e.Type == expression.Type).DefaultIfEmpty(expression).ToArray()),
            Statement => rng.Pick(donors.OfType<Statement>().ToArray()),
            Pattern => rng.Pick(donors.OfType<Pattern>().ToArray()),
            _ => target,
        };
        return Replace(syntax, target, replacement);
    }

    private static Node Replace(Node node, Node target, Node replacement)
    {
        if (ReferenceEquals(node, target))
        {
            return replacement;
        }

        Node[] children = [.. node.Children.Select(c => Replace(c, target, replacement))];
        try
        {
            return node.WithChildren(children);
        }
        catch (ArgumentException)
        {
            return node; // the replacement is of a kind that does not fit
        }
    }

    private static IEnumerable<Statement> Shuffled(ValueList<Statement> statements, Rng rng)
    {
        int at = rng.Next(statements.Count);
        return rng.Next(3) switch
        {
            0 => statements.Where((_, i) => i != at),
            1 => statements.Take(at).Concat(statements.Skip(at).Reverse()),
            _ => statements.Append(statements[at]),
        };
    }

    // What does not even have a text has been refused for other reasons.
    private static string Text(HoleSyntax syntax)
    {
        try
        {
            return syntax.ToString();
        }
        catch (Exception e) when (e is InvalidOperationException or InvalidCastException)
        {
            return "";
        }
    }
}
