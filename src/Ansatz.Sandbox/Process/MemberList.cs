namespace Ansatz.Sandbox;

/// <summary>What a whole program may use of the framework: nobody has to list what is forbidden, what is not here is refused.</summary>
/// <remarks>
/// A line is a type and its members by name, all overloads of each but those with pointers. A property stands for its accessors, op_* for all operators. What takes a program out of its own
/// memory is not here: files, processes, threads, clocks, reflection, anything that hands out a pointer or reads one type as another.
/// </remarks>
internal static class MemberList
{
    private static readonly Dictionary<string, HashSet<string>> Types = Read(Offered);
    private static readonly Dictionary<string, HashSet<string>> InCompilersOwn = Read(ForTheCompiler);
    private static readonly HashSet<string> Attributes = [.. Marks.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>Whether a program may name a type. Nested types stand behind a slash.</summary>
    public static bool HasType(string type) => Types.ContainsKey(type) || Attributes.Contains(type);

    /// <summary>Whether a type holds a reference to something that another one owns: no class, no array and no call that has ended may have one.</summary>
    public static bool IsSpan(string type) => type is "System.Span`1" or "System.Span`1/Enumerator" or "System.ReadOnlySpan`1" or "System.ReadOnlySpan`1/Enumerator" or "System.Runtime.CompilerServices.DefaultInterpolatedStringHandler";

    /// <summary>Whether a type is one of those in which the compiler keeps the elements of [a, b] on the stack, and of which it makes spans for anybody.</summary>
    public static bool IsInlineArray(string type) => type.StartsWith("System.Runtime.CompilerServices.InlineArray", StringComparison.Ordinal) && type.EndsWith("`1", StringComparison.Ordinal);

    /// <summary>Whether the methods that the compiler adds for itself may name a type.</summary>
    public static bool IsForTheCompiler(string type) => InCompilersOwn.ContainsKey(type);

    /// <summary>Whether a program may use a member.</summary>
    public static bool Has(string type, string member) => Contains(Types, type, member) || (member == ".ctor" && Attributes.Contains(type));

    /// <summary>Whether the methods that the compiler adds for itself may use a member. Nobody else can be in their class: its name is no identifier.</summary>
    public static bool IsForTheCompiler(string type, string member) => Contains(InCompilersOwn, type, member);

    /// <summary>Whether something may bear an attribute.</summary>
    public static bool IsAttribute(string type) => Attributes.Contains(type);

    private static bool Contains(Dictionary<string, HashSet<string>> types, string type, string member) => types.TryGetValue(type, out HashSet<string>? members)
        && (members.Contains(member)
            || ((member.StartsWith("get_", StringComparison.Ordinal) || member.StartsWith("set_", StringComparison.Ordinal)) && members.Contains(member[4..]))
            || (member.StartsWith("op_", StringComparison.Ordinal) && members.Contains("op_*")));

    private static Dictionary<string, HashSet<string>> Read(string text)
    {
        Dictionary<string, HashSet<string>> types = [];
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] halves = line.Split(':', 2);
            foreach (string type in halves[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(WithArities))
            {
                if (!types.TryGetValue(type, out HashSet<string>? members))
                {
                    types.Add(type, members = []);
                }

                members.UnionWith(halves[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
            }
        }

        return types;

        // Func`1-17
        static IEnumerable<string> WithArities(string type)
        {
            int tick = type.IndexOf('`', StringComparison.Ordinal), dash = type.IndexOf('-', StringComparison.Ordinal);
            return dash < 0
                ? [type]
                : Enumerable.Range(Number(type[(tick + 1)..dash]), Number(type[(dash + 1)..]) - Number(type[(tick + 1)..dash]) + 1).Select(n => $"{type[..(tick + 1)]}{n}");
        }

        static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }

    private const string Offered = """
        System.Object: .ctor Equals GetHashCode ToString ReferenceEquals
        System.ValueType: Equals GetHashCode ToString
        System.Enum: GetNames GetValues HasFlag IsDefined Parse TryParse ToString CompareTo
        System.Void System.IntPtr System.UIntPtr System.RuntimeTypeHandle System.RuntimeFieldHandle System.IAsyncResult System.AsyncCallback:
        System.Type: GetTypeFromHandle op_*
        System.Boolean: Parse TryParse ToString CompareTo Equals GetHashCode TrueString FalseString
        System.Char: Parse TryParse ToString CompareTo Equals GetHashCode MaxValue MinValue ConvertFromUtf32 ConvertToUtf32 GetNumericValue GetUnicodeCategory IsAscii IsAsciiDigit IsAsciiHexDigit IsAsciiLetter IsAsciiLetterLower IsAsciiLetterOrDigit IsAsciiLetterUpper IsBetween IsControl IsDigit IsHighSurrogate IsLetter IsLetterOrDigit IsLower IsLowSurrogate IsNumber IsPunctuation IsSeparator IsSurrogate IsSurrogatePair IsSymbol IsUpper IsWhiteSpace ToLower ToLowerInvariant ToUpper ToUpperInvariant
        System.SByte System.Byte System.Int16 System.UInt16 System.Int32 System.UInt32 System.Int64 System.UInt64 System.Int128 System.UInt128: Parse TryParse ToString TryFormat CompareTo Equals GetHashCode MaxValue MinValue Zero One Abs Sign Max Min Clamp CopySign DivRem IsEvenInteger IsOddInteger IsNegative IsPositive IsPow2 LeadingZeroCount TrailingZeroCount PopCount Log2 RotateLeft RotateRight CreateChecked CreateSaturating CreateTruncating op_*
        System.Half System.Single System.Double System.Decimal: .ctor Parse TryParse ToString TryFormat CompareTo Equals GetHashCode MaxValue MinValue Epsilon NaN PositiveInfinity NegativeInfinity Pi E Tau Zero One MinusOne Abs Sign Max Min Clamp CopySign IsNaN IsInfinity IsPositiveInfinity IsNegativeInfinity IsFinite IsNormal IsInteger IsNegative IsPositive Floor Ceiling Round Truncate Sqrt Cbrt Pow Exp Exp2 Exp10 Log Log2 Log10 Sin Cos Tan Asin Acos Atan Atan2 Sinh Cosh Tanh Hypot Lerp RadiansToDegrees DegreesToRadians Add Subtract Multiply Divide Remainder Negate Compare GetBits Scale ToInt32 ToInt64 ToDouble CreateChecked CreateSaturating CreateTruncating op_*
        System.Math System.MathF: Abs Acos Acosh Asin Asinh Atan Atan2 Atanh BigMul Cbrt Ceiling Clamp CopySign Cos Cosh DivRem E Exp Floor FusedMultiplyAdd IEEERemainder ILogB Log Log10 Log2 Max MaxMagnitude Min MinMagnitude PI Pow ReciprocalEstimate ReciprocalSqrtEstimate Round ScaleB Sign Sin SinCos Sinh Sqrt Tan Tanh Tau Truncate
        System.Numerics.BitOperations: IsPow2 LeadingZeroCount Log2 PopCount RotateLeft RotateRight RoundUpToPowerOf2 TrailingZeroCount
        System.BitConverter: DoubleToInt64Bits DoubleToUInt64Bits Int64BitsToDouble UInt64BitsToDouble SingleToInt32Bits SingleToUInt32Bits Int32BitsToSingle UInt32BitsToSingle GetBytes ToInt32 ToUInt32 ToInt64 ToUInt64 ToDouble ToSingle ToInt16 ToUInt16
        System.Convert: ToBoolean ToByte ToChar ToDecimal ToDouble ToInt16 ToInt32 ToInt64 ToSByte ToSingle ToString ToUInt16 ToUInt32 ToUInt64 ToBase64String FromBase64String ToHexString ToHexStringLower FromHexString
        System.Numerics.BigInteger: .ctor Parse TryParse ToString CompareTo Equals GetHashCode Abs Add Clamp Compare Divide DivRem GetBitLength GreatestCommonDivisor IsEven IsEvenInteger IsOddInteger IsOne IsPowerOfTwo IsPow2 IsZero IsNegative LeadingZeroCount Log Log10 Log2 Max Min MinusOne ModPow Multiply Negate One PopCount Pow Remainder Sign Subtract ToByteArray TrailingZeroCount Zero op_*
        System.Numerics.Complex: .ctor Real Imaginary Magnitude Phase Abs Add Conjugate Cos Divide Exp FromPolarCoordinates ImaginaryOne Log Multiply Negate One Pow Reciprocal Sin Sqrt Subtract Tan Zero ToString Equals GetHashCode IsFinite IsNaN op_*
        System.String: .ctor Chars Clone Compare CompareOrdinal CompareTo Concat Contains CopyTo Create Empty EndsWith Equals Format GetEnumerator GetHashCode IndexOf IndexOfAny Insert IsNullOrEmpty IsNullOrWhiteSpace Join LastIndexOf LastIndexOfAny Length Normalize IsNormalized PadLeft PadRight Remove Replace ReplaceLineEndings Split StartsWith Substring ToCharArray ToLower ToLowerInvariant ToString ToUpper ToUpperInvariant Trim TrimEnd TrimStart op_*
        System.CharEnumerator: Current MoveNext Dispose Reset
        System.StringComparison System.StringSplitOptions System.MidpointRounding System.Globalization.NumberStyles System.Globalization.UnicodeCategory System.Text.NormalizationForm System.Text.RegularExpressions.RegexOptions System.Base64FormattingOptions System.TypeCode:
        System.StringComparer: Ordinal OrdinalIgnoreCase InvariantCulture InvariantCultureIgnoreCase Compare Equals GetHashCode
        System.Globalization.CultureInfo: InvariantCulture CurrentCulture
        System.IFormatProvider:
        System.IFormattable System.ISpanFormattable: ToString TryFormat
        System.Environment: CurrentManagedThreadId NewLine
        System.Text.StringBuilder: .ctor Append AppendFormat AppendJoin AppendLine Capacity Chars Clear CopyTo EnsureCapacity Equals Insert Length MaxCapacity Remove Replace ToString
        System.Text.StringBuilder/AppendInterpolatedStringHandler System.Runtime.CompilerServices.DefaultInterpolatedStringHandler: .ctor AppendLiteral AppendFormatted ToStringAndClear
        System.Text.Encoding: ASCII UTF8 Unicode Latin1 GetByteCount GetBytes GetCharCount GetChars GetString
        System.Text.Rune: .ctor Value IsAscii IsDigit IsLetter IsLetterOrDigit IsLower IsUpper IsWhiteSpace IsPunctuation IsSymbol ToString ToLowerInvariant ToUpperInvariant Utf16SequenceLength CompareTo Equals GetHashCode op_*
        System.Text.StringRuneEnumerator: Current MoveNext GetEnumerator
        System.Text.RegularExpressions.Regex: .ctor Count Escape IsMatch Match Matches Replace Split Unescape ToString
        System.Text.RegularExpressions.MatchEvaluator: .ctor Invoke
        System.Text.RegularExpressions.Capture System.Text.RegularExpressions.Group System.Text.RegularExpressions.Match: Captures Groups Index Length Name NextMatch Result Success ToString Value Empty
        System.Text.RegularExpressions.MatchCollection System.Text.RegularExpressions.GroupCollection System.Text.RegularExpressions.CaptureCollection: Count Item GetEnumerator ContainsKey Keys Values TryGetValue
        System.Array: AsReadOnly BinarySearch Clear Clone ConvertAll Copy CopyTo Empty Exists Fill Find FindAll FindIndex FindLast FindLastIndex ForEach GetEnumerator GetLength GetLowerBound GetUpperBound GetValue IndexOf LastIndexOf Length LongLength Rank Resize Reverse SetValue Sort TrueForAll
        System.Span`1 System.ReadOnlySpan`1: .ctor Clear CopyTo Empty Fill GetEnumerator IsEmpty Item Length Slice ToArray ToString TryCopyTo op_*
        System.Span`1/Enumerator System.ReadOnlySpan`1/Enumerator: Current MoveNext
        System.MemoryExtensions: AsSpan BinarySearch CommonPrefixLength CompareTo Contains ContainsAny ContainsAnyExcept Count CountAny EndsWith Equals IndexOf IndexOfAny IndexOfAnyExcept IsWhiteSpace LastIndexOf LastIndexOfAny Replace Reverse SequenceCompareTo SequenceEqual Sort StartsWith ToLowerInvariant ToUpperInvariant Trim TrimEnd TrimStart
        System.Index System.Range: .ctor All End EndAt Equals FromEnd FromStart GetHashCode GetOffset GetOffsetAndLength IsFromEnd Start StartAt ToString Value op_*
        System.Nullable`1: .ctor Equals GetHashCode GetValueOrDefault HasValue ToString Value op_*
        System.Nullable: Compare Equals
        System.Tuple System.ValueTuple System.Tuple`1-8 System.ValueTuple`1-8: .ctor CompareTo Create Equals GetHashCode Item1 Item2 Item3 Item4 Item5 Item6 Item7 Rest ToString
        System.Runtime.CompilerServices.ITuple: Item Length
        System.HashCode: Add Combine ToHashCode
        System.Random: .ctor GetItems Next NextDouble NextInt64 NextSingle Shuffle
        System.Lazy`1: .ctor IsValueCreated Value
        System.Delegate System.MulticastDelegate: Combine Remove op_*
        System.Action System.Action`1-16 System.Func`1-17 System.Predicate`1 System.Comparison`1 System.Converter`2: .ctor Invoke
        System.IDisposable: Dispose
        System.IComparable System.IComparable`1: CompareTo
        System.IEquatable`1: Equals
        System.Collections.IComparer System.Collections.Generic.IComparer`1: Compare
        System.Collections.IEqualityComparer System.Collections.Generic.IEqualityComparer`1: Equals GetHashCode
        System.Collections.Generic.Comparer`1: .ctor Compare Create Default
        System.Collections.Generic.EqualityComparer`1: .ctor Create Default Equals GetHashCode
        System.Collections.IEnumerable System.Collections.Generic.IEnumerable`1: GetEnumerator
        System.Collections.IEnumerator System.Collections.Generic.IEnumerator`1: Current MoveNext Reset
        System.Collections.ICollection System.Collections.Generic.ICollection`1 System.Collections.Generic.IReadOnlyCollection`1: Add Clear Contains CopyTo Count IsReadOnly IsSynchronized Remove SyncRoot
        System.Collections.IList System.Collections.Generic.IList`1 System.Collections.Generic.IReadOnlyList`1: Add Clear Contains IndexOf Insert IsFixedSize IsReadOnly Item Remove RemoveAt
        System.Collections.IDictionary System.Collections.Generic.IDictionary`2 System.Collections.Generic.IReadOnlyDictionary`2: Add Clear Contains ContainsKey Item Keys Remove TryGetValue Values
        System.Collections.Generic.ISet`1 System.Collections.Generic.IReadOnlySet`1: Add Contains ExceptWith IntersectWith IsProperSubsetOf IsProperSupersetOf IsSubsetOf IsSupersetOf Overlaps SetEquals SymmetricExceptWith UnionWith
        System.Collections.Generic.KeyValuePair`2 System.Collections.Generic.KeyValuePair: .ctor Create Deconstruct Key ToString Value
        System.Collections.Generic.CollectionExtensions: AddRange AsReadOnly CopyTo GetValueOrDefault InsertRange Remove TryAdd
        System.Collections.Generic.List`1: .ctor Add AddRange AsReadOnly BinarySearch Capacity Clear Contains ConvertAll CopyTo Count EnsureCapacity Exists Find FindAll FindIndex FindLast FindLastIndex ForEach GetEnumerator GetRange IndexOf Insert InsertRange Item LastIndexOf Remove RemoveAll RemoveAt RemoveRange Reverse Slice Sort ToArray TrimExcess TrueForAll
        System.Collections.ObjectModel.ReadOnlyCollection`1: .ctor Contains CopyTo Count GetEnumerator IndexOf Item
        System.Collections.Generic.Dictionary`2 System.Collections.Generic.SortedDictionary`2 System.Collections.Generic.SortedList`2 System.Collections.Generic.OrderedDictionary`2: .ctor Add Capacity Clear Comparer Contains ContainsKey ContainsValue CopyTo Count EnsureCapacity GetAt GetEnumerator GetKeyAtIndex GetValueAtIndex IndexOf IndexOfKey IndexOfValue Insert Item Keys Remove RemoveAt SetAt SetValueAtIndex TrimExcess TryAdd TryGetValue Values
        System.Collections.Generic.Dictionary`2/KeyCollection System.Collections.Generic.Dictionary`2/ValueCollection System.Collections.Generic.SortedDictionary`2/KeyCollection System.Collections.Generic.SortedDictionary`2/ValueCollection System.Collections.Generic.OrderedDictionary`2/KeyCollection System.Collections.Generic.OrderedDictionary`2/ValueCollection: .ctor Contains CopyTo Count GetEnumerator
        System.Collections.Generic.HashSet`1 System.Collections.Generic.SortedSet`1: .ctor Add Clear Comparer Contains CopyTo Count EnsureCapacity ExceptWith GetEnumerator GetViewBetween IntersectWith IsProperSubsetOf IsProperSupersetOf IsSubsetOf IsSupersetOf Max Min Overlaps Remove RemoveWhere Reverse SetEquals SymmetricExceptWith TrimExcess TryGetValue UnionWith
        System.Collections.Generic.Queue`1 System.Collections.Generic.Stack`1 System.Collections.Generic.PriorityQueue`2: .ctor Clear Comparer Contains CopyTo Count Dequeue DequeueEnqueue Enqueue EnqueueDequeue EnqueueRange EnsureCapacity GetEnumerator Peek Pop Push Remove ToArray TrimExcess TryDequeue TryPeek TryPop UnorderedItems
        System.Collections.Generic.PriorityQueue`2/UnorderedItemsCollection: Count GetEnumerator
        System.Collections.Generic.LinkedList`1: .ctor AddAfter AddBefore AddFirst AddLast Clear Contains CopyTo Count Find FindLast First GetEnumerator Last Remove RemoveFirst RemoveLast
        System.Collections.Generic.LinkedListNode`1: .ctor List Next Previous Value ValueRef
        System.Collections.BitArray: .ctor And Count CopyTo Get GetEnumerator HasAllSet HasAnySet Item LeftShift Length Not Or RightShift Set SetAll Xor
        System.Collections.Generic.List`1/Enumerator System.Collections.Generic.Dictionary`2/Enumerator System.Collections.Generic.Dictionary`2/KeyCollection/Enumerator System.Collections.Generic.Dictionary`2/ValueCollection/Enumerator System.Collections.Generic.SortedDictionary`2/Enumerator System.Collections.Generic.SortedDictionary`2/KeyCollection/Enumerator System.Collections.Generic.SortedDictionary`2/ValueCollection/Enumerator System.Collections.Generic.OrderedDictionary`2/Enumerator System.Collections.Generic.HashSet`1/Enumerator System.Collections.Generic.SortedSet`1/Enumerator System.Collections.Generic.Queue`1/Enumerator System.Collections.Generic.Stack`1/Enumerator System.Collections.Generic.LinkedList`1/Enumerator System.Collections.Generic.PriorityQueue`2/UnorderedItemsCollection/Enumerator: Current Dispose MoveNext
        System.Linq.Enumerable: Aggregate AggregateBy All Any Append AsEnumerable Average Cast Chunk Concat Contains Count CountBy DefaultIfEmpty Distinct DistinctBy ElementAt ElementAtOrDefault Empty Except ExceptBy First FirstOrDefault GroupBy GroupJoin Index Intersect IntersectBy Join Last LastOrDefault LeftJoin LongCount Max MaxBy Min MinBy OfType Order OrderBy OrderByDescending OrderDescending Prepend Range Repeat Reverse RightJoin Select SelectMany Sequence SequenceEqual Single SingleOrDefault Skip SkipLast SkipWhile Sum Take TakeLast TakeWhile ThenBy ThenByDescending ToArray ToDictionary ToHashSet ToList ToLookup TryGetNonEnumeratedCount Union UnionBy Where Zip
        System.Linq.IGrouping`2: Key
        System.Linq.ILookup`2 System.Linq.Lookup`2: Contains Count Item
        System.Linq.IOrderedEnumerable`1:
        System.Exception: .ctor GetBaseException HResult InnerException Message ToString
        System.ApplicationException System.ArgumentException System.ArgumentNullException System.ArgumentOutOfRangeException System.ArithmeticException System.ArrayTypeMismatchException System.DivideByZeroException System.FormatException System.IndexOutOfRangeException System.InvalidCastException System.InvalidOperationException System.NotImplementedException System.NotSupportedException System.NullReferenceException System.OutOfMemoryException System.OverflowException System.RankException System.SystemException System.TimeoutException System.Collections.Generic.KeyNotFoundException System.Diagnostics.UnreachableException System.InsufficientExecutionStackException System.Runtime.CompilerServices.SwitchExpressionException: .ctor ActualValue Message ParamName ThrowIfEqual ThrowIfGreaterThan ThrowIfGreaterThanOrEqual ThrowIfLessThan ThrowIfLessThanOrEqual ThrowIfNegative ThrowIfNegativeOrZero ThrowIfNotEqual ThrowIfNull ThrowIfNullOrEmpty ThrowIfNullOrWhiteSpace ThrowIfZero
        System.Runtime.CompilerServices.RuntimeHelpers: CreateSpan EnsureSufficientExecutionStack GetSubArray InitializeArray
        System.Runtime.InteropServices.CollectionsMarshal: AsSpan SetCount
        System.Runtime.CompilerServices.IsExternalInit System.Runtime.InteropServices.InAttribute:
        System.Diagnostics.DebuggableAttribute/DebuggingModes System.Diagnostics.DebuggerBrowsableState System.AttributeTargets:
        """;

    private const string ForTheCompiler = """
        System.Runtime.CompilerServices.Unsafe: Add As AsRef
        System.Runtime.InteropServices.MemoryMarshal: CreateReadOnlySpan CreateSpan
        System.Runtime.CompilerServices.InlineArrayAttribute: .ctor
        """;

    private const string Marks = """
        System.AttributeUsageAttribute System.FlagsAttribute System.ObsoleteAttribute System.ParamArrayAttribute System.Reflection.DefaultMemberAttribute
        System.Diagnostics.DebuggableAttribute System.Diagnostics.DebuggerBrowsableAttribute System.Diagnostics.DebuggerDisplayAttribute System.Diagnostics.DebuggerHiddenAttribute System.Diagnostics.DebuggerStepThroughAttribute
        System.Diagnostics.CodeAnalysis.SetsRequiredMembersAttribute
        System.Runtime.CompilerServices.CompilationRelaxationsAttribute System.Runtime.CompilerServices.CompilerFeatureRequiredAttribute System.Runtime.CompilerServices.CompilerGeneratedAttribute
        System.Runtime.CompilerServices.DecimalConstantAttribute System.Runtime.CompilerServices.ExtensionAttribute System.Runtime.CompilerServices.IsReadOnlyAttribute
        System.Runtime.CompilerServices.IteratorStateMachineAttribute System.Runtime.CompilerServices.NullableAttribute System.Runtime.CompilerServices.NullableContextAttribute
        System.Runtime.CompilerServices.ParamCollectionAttribute System.Runtime.CompilerServices.PreserveBaseOverridesAttribute System.Runtime.CompilerServices.RefSafetyRulesAttribute
        System.Runtime.CompilerServices.RequiredMemberAttribute System.Runtime.CompilerServices.RequiresLocationAttribute System.Runtime.CompilerServices.RuntimeCompatibilityAttribute
        System.Runtime.CompilerServices.ScopedRefAttribute System.Runtime.CompilerServices.TupleElementNamesAttribute
        """;
}
